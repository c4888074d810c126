using System.Reflection;

namespace Tenfold.Cluster.Tests;

/// <summary>Where things lie.</summary>
internal static class Repository
{
    /// <summary>The script that brings clusters up.</summary>
    public static string ClusterScript { get; } =
        Path.GetFullPath(typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == "ClusterScript").Value!);

    /// <summary>The program, as it was built beside the tests.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "tenfold");
}
