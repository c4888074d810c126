namespace Tenfold.Core.Data;

/// <summary>The files of a machine's cache that belong to data from an origin.</summary>
/// <param name="Place">The folder that has all of them.</param>
/// <param name="Name">The data's own name.</param>
public readonly record struct DataCopy(string Place, string Name)
{
    /// <summary>The folder that has only the data. A script sees it as SageMaker's channel folder.</summary>
    public string Folder => Path.Combine(Place, "copy");

    /// <summary>The data, a file or a folder.</summary>
    public string Data => Path.Combine(Folder, Name);

    /// <summary>The file with the SHA-256 of the data, written after the data.</summary>
    public string Mark => Path.Combine(Place, "sha256");

    /// <summary>The folder of incomplete files; it exists while an agent fetches.</summary>
    public string Part => PartOf(Folder);

    internal static string PartOf(string folder) => $"{folder}.part";
}
