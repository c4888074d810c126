namespace Tenfold.Core.Runs;

/// <summary>What an attempt really ran in, as its agent found it just before the command started.</summary>
public sealed record RunEnvironment
{
    /// <summary>The operating system and its version, and the machine's architecture.</summary>
    public required string Platform { get; init; }

    /// <summary>The processor's model; null when it is not known.</summary>
    public string? Processor { get; init; }

    /// <summary>The interpreter's path: the Python that runs the script or that the command finds first, or <c>dotnet</c>; null when there
    /// is none.</summary>
    public string? Interpreter { get; init; }

    /// <summary>The interpreter's version, in its own words; null when it could not be asked.</summary>
    public string? Version { get; init; }

    /// <summary>
    /// The SHA-256 of the list of installed packages, which the store keeps under <see cref="PackagesKey"/>; null without one.
    /// </summary>
    public string? Packages { get; init; }

    /// <summary>How many packages the list has.</summary>
    public int? PackageCount { get; init; }

    /// <summary>The store's folder of lists of packages.</summary>
    public const string PackagesFolder = "environments";

    /// <summary>The store's key of a list of packages: a line <c>name==version</c> for each, in order.</summary>
    public static string PackagesKey(string sha256) => $"{PackagesFolder}/{sha256}.txt";
}
