using System.Reflection;

namespace Tenfold.Cli;

/// <summary>What this program is.</summary>
internal static class Product
{
    /// <summary>Its version.</summary>
    public static string Version { get; } = typeof(Product).Assembly.GetName().Version!.ToString(3);
}
