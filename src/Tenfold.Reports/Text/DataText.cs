using Tenfold.Core.Runs;

namespace Tenfold.Reports.Text;

/// <summary>A data channel in a few words.</summary>
public static class DataText
{
    /// <summary>The size of the data, such as <c>1204 files, 3.2 GB</c>.</summary>
    public static string Extent(DataSpec data) => (data.Files is > 1 ? $"{data.Files} files, " : "") + Numbers.Size(data.SizeBytes);

    /// <summary>What the channel's hash was computed from: <c>SHA-256</c> of its content, or of its ETags for data at an origin.</summary>
    public static string PinnedBy(DataSpec data) => data.IsAtOrigin ? "SHA-256 of its ETags" : "SHA-256";
}
