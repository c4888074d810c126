namespace Tenfold.App;

/// <summary>What this program is.</summary>
public static class Product
{
    /// <summary>How it was called, for hints that can be copied.</summary>
    public static string Command { get; } = Environment.GetEnvironmentVariable("TENFOLD_COMMAND") ?? "tenfold";

    /// <summary>Its version.</summary>
    public static string Version { get; } = typeof(Product).Assembly.GetName().Version!.ToString(3);
}
