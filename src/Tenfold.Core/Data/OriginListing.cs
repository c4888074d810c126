using System.Text;
using Tenfold.Core.Snapshots;

namespace Tenfold.Core.Data;

/// <summary>Gathers what an origin lists of a folder, and finds what can't become files of a machine.</summary>
/// <param name="url">The folder, with its closing <c>/</c>.</param>
public sealed class OriginListing(string url)
{
    /// <summary>More files than these are refused: the list of them is read whole by each machine that runs.</summary>
    public const int MaxFiles = 1_000_000;

    private const int MaxNameBytes = 255, MaxShown = 5;
    private readonly List<DataFile> _files = [];
    private readonly List<string> _faults = [];
    private int _faultCount;

    /// <summary>True when nothing was listed.</summary>
    public bool IsEmpty => _files.Count == 0 && _faultCount == 0;

    /// <summary>Adds a file.</summary>
    /// <param name="path">Relative to the folder, with <c>/</c>.</param>
    /// <param name="sizeBytes">Its size.</param>
    /// <param name="etag">What tells its content from another, without quotes.</param>
    /// <returns>False when there are too many, and the rest need not be listed.</returns>
    public bool Add(string path, long sizeBytes, string etag)
    {
        if (path.EndsWith('/') && sizeBytes == 0) return true; // consoles make these, so that an empty folder shows
        if ((SafePath.Fault(path) ?? path.Split('/').Select(NameFault).FirstOrDefault(one => one is not null)) is { } fault) Refuse(path, fault);
        else if (etag.Length == 0) Refuse(path, "the server gives it no ETag, by which it is told from another");
        else _files.Add(new DataFile(path, sizeBytes, ETag: etag));
        return _files.Count <= MaxFiles;
    }

    /// <summary>What a run can be pinned to.</summary>
    public PinOutcome Finish()
    {
        if (_files.Count > MaxFiles)
        {
            return new PinOutcome.Refused(
                $"there are more than {MaxFiles:N0} objects below {url}: name a folder further down, or pack them into archives (.tar, .parquet)");
        }

        _files.Sort((a, b) => SnapshotManifest.ComparePaths(a.Path, b.Path));
        FindFilesThatAreFolders();
        if (_faultCount > 0)
        {
            var more = _faultCount > _faults.Count ? $"\n  and {_faultCount - _faults.Count} more" : "";
            return new PinOutcome.Refused(
                $"what lies below {url} can't be made files of a machine:\n  {string.Join("\n  ", _faults)}{more}\n" +
                "  Rename or remove them there, or name a folder without them");
        }

        return _files.Count > 0
            ? new PinOutcome.Pinned(DataManifest.AtOrigin(url, _files))
            : new PinOutcome.Refused($"there is nothing below {url}: check its spelling, or put the data there");
    }

    /// <summary>Why a text can't be the name of a file or a folder; null when it can.</summary>
    public static string? NameFault(string name) => name switch
    {
        "" => "a name is empty",
        "." or ".." => $"'{name}' is no name of a file or a folder",
        _ when name.Contains('\0') || name.Contains('/') => "a name holds a character that names can't have",
        _ when Encoding.UTF8.GetByteCount(name) > MaxNameBytes => $"a name is longer than {MaxNameBytes} bytes",
        _ => null,
    };

    private void FindFilesThatAreFolders()
    {
        var paths = _files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        var known = paths.GetAlternateLookup<ReadOnlySpan<char>>();
        var told = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in _files)
        {
            for (var end = file.Path.IndexOf('/'); end > 0; end = file.Path.IndexOf('/', end + 1))
            {
                if (known.Contains(file.Path.AsSpan(0, end)) && told.Add(file.Path[..end]))
                    Refuse(file.Path[..end], $"it is a file, and {file.Path} makes it a folder");
            }
        }
    }

    private void Refuse(string path, string fault)
    {
        if (++_faultCount <= MaxShown) _faults.Add($"{url}{path}: {fault}");
    }
}
