namespace Tenfold.App;

/// <summary>This program.</summary>
public static class Product
{
    /// <summary>The program's version, such as <c>0.3.0</c>.</summary>
    public static string Version { get; } = typeof(Product).Assembly.GetName().Version!.ToString(3);
}
