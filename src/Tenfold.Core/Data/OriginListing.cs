using System.Text;
using Tenfold.Core.Snapshots;

namespace Tenfold.Core.Data;

/// <summary>Collects an origin's list of a folder, and finds the objects that can't be files of a machine.</summary>
/// <param name="url">The folder, with its closing <c>/</c>.</param>
public sealed class OriginListing(string url)
{
    /// <summary>The largest number of files. Each machine that runs reads the whole list.</summary>
    public const int MaxFiles = 1_000_000;

    private const int MaxNameBytes = 255, MaxShown = 5;
    private readonly List<DataFile> _files = [];
    private readonly List<string> _faults = [];
    private int _faultCount;

    /// <summary>True when no object was added.</summary>
    public bool IsEmpty => _files.Count == 0 && _faultCount == 0;

    /// <summary>Adds a file.</summary>
    /// <param name="path">Relative to the folder, with <c>/</c>.</param>
    /// <param name="sizeBytes">Its size.</param>
    /// <param name="etag">The ETag of its content, without quotes.</param>
    /// <returns>False when there are too many files, and listing can end.</returns>
    public bool Add(string path, long sizeBytes, string etag)
    {
        // Consoles make these objects to show an empty folder.
        if (path.EndsWith('/') && sizeBytes == 0) return true;
        var fault = SafePath.Fault(path) ?? path.Split('/').Select(NameFault).FirstOrDefault(one => one is not null);
        if (fault is not null) Refuse(path, fault);
        else if (etag.Length == 0) Refuse(path, "the server gives it no ETag, without which a change would not be seen");
        else _files.Add(new DataFile(path, sizeBytes, ETag: etag));
        return _files.Count <= MaxFiles;
    }

    /// <summary>Makes the manifest to pin a run to, or says why it can't.</summary>
    public PinOutcome Finish()
    {
        if (_files.Count > MaxFiles)
        {
            return new PinOutcome.Refused(
                $"there are more than {MaxFiles:N0} objects below {url}: " +
                "name a folder further down, or pack them into archives (.tar, .parquet)");
        }

        _files.Sort((a, b) => SnapshotManifest.ComparePaths(a.Path, b.Path));
        FindFilesThatAreFolders();
        if (_faultCount > 0)
        {
            var more = _faultCount > _faults.Count ? $"\n  and {_faultCount - _faults.Count} more" : "";
            return new PinOutcome.Refused(
                $"some objects below {url} can't be files of a machine:\n  {string.Join("\n  ", _faults)}{more}\n" +
                "  Rename or remove them there, or name a folder without them");
        }

        return _files.Count > 0
            ? new PinOutcome.Pinned(DataManifest.AtOrigin(url, _files))
            : new PinOutcome.Refused($"there is nothing below {url}: check its spelling, or put the data there");
    }

    /// <summary>Why a text can't be the name of a file or folder; null when it can.</summary>
    public static string? NameFault(string name) => name switch
    {
        "" => "a name is empty",
        "." or ".." => $"'{name}' is not the name of a file or folder",
        _ when name.Contains('\0') || name.Contains('/') => "a name holds a character that names can't have",
        _ when Encoding.UTF8.GetByteCount(name) > MaxNameBytes => $"a name is longer than {MaxNameBytes} bytes",
        _ => null,
    };

    private void FindFilesThatAreFolders()
    {
        var paths = _files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        var known = paths.GetAlternateLookup<ReadOnlySpan<char>>();
        var reported = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in _files)
        {
            for (var end = file.Path.IndexOf('/'); end > 0; end = file.Path.IndexOf('/', end + 1))
            {
                if (known.Contains(file.Path.AsSpan(0, end)) && reported.Add(file.Path[..end]))
                    Refuse(file.Path[..end], $"it is a file, and {file.Path} makes it a folder");
            }
        }
    }

    private void Refuse(string path, string fault)
    {
        if (++_faultCount <= MaxShown) _faults.Add($"{url}{path}: {fault}");
    }
}
