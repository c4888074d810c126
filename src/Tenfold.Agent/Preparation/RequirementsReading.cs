using Tenfold.Core.Commands;
using Tenfold.Core.Platform;

namespace Tenfold.Agent.Preparation;

/// <summary>On what an environment depends that is built from requirements.</summary>
public sealed record RequirementsReading
{
    /// <summary>
    /// The text of the file and of all that it includes, with the SHA-256 of every local file. Equal content gives equal environments.
    /// </summary>
    public required string Content { get; init; }

    /// <summary>What is wrong and what to do; null when nothing is.</summary>
    public string? Fault { get; init; }

    /// <summary>The first line whose meaning is not known, with its file: the environment may depend on more than
    /// <see cref="Content"/>. Null when every line is understood.</summary>
    public string? NotUnderstood { get; init; }

    /// <summary>The folder in which pip has to run.</summary>
    public required string Folder { get; init; }

    /// <summary>The requirements in one file that pip can read wherever it lies: with absolute paths, into the run's copy of the project.
    /// Null when pip can read the original.</summary>
    public string? Plain { get; init; }
}

/// <summary>What requirements may refer to.</summary>
/// <param name="Variables">The environment variables of pip.</param>
/// <param name="Paths">Finds absolute paths into the project's folder; null when that is not known.</param>
public sealed record RequirementsContext(IReadOnlyDictionary<string, string> Variables, ProjectPaths? Paths = null)
{
    /// <summary>Requirements that refer to nothing.</summary>
    public static RequirementsContext None { get; } = new(new Dictionary<string, string>());

    // A package has thousands of files at most. More is a folder that was named by mistake, such as /.
    private const int MaxFiles = 20_000;

    /// <summary>The files at a path with their SHA-256, in a fixed order.</summary>
    /// <returns>Null when one can't be read, or when they are more than a package has.</returns>
    public static IReadOnlyList<(string File, string Hash)>? Hash(string path)
    {
        try
        {
            string[] found = File.Exists(path) ? [path]
                : [.. Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Where(IsOfPackage).Take(MaxFiles + 1)];
            if (found.Length > MaxFiles) return null;
            return [.. found.Where(PlainFile.Is).Order(StringComparer.Ordinal).Select(file => (file, Digest.OfFile(file)))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool IsOfPackage(string file) =>
        !file.Contains("/.git/", StringComparison.Ordinal) && !file.Contains("/__pycache__/", StringComparison.Ordinal);
}
