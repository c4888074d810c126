namespace Tenfold.Core.Data;

/// <summary>How a copy of data that an agent fetched from its origin lies in a machine's cache.</summary>
/// <param name="Place">The folder of all that belongs to it.</param>
/// <param name="Name">The data's own name.</param>
public readonly record struct DataCopy(string Place, string Name)
{
    /// <summary>The folder that the data is alone in, which SageMaker's contract shows.</summary>
    public string Folder => Path.Combine(Place, "copy");

    /// <summary>The data, a file or a folder.</summary>
    public string Data => Path.Combine(Folder, Name);

    /// <summary>The file with the SHA-256 of what was fetched, written last.</summary>
    public string Mark => Path.Combine(Place, "sha256");

    /// <summary>The folder that is there while somebody fetches: it has the files that are not whole.</summary>
    public string Part => PartOf(Folder);

    internal static string PartOf(string folder) => $"{folder}.part";
}
