using System.Text;

namespace Tenfold.App.Serving.Replicas;

/// <summary>The file to which a replica's output goes. The replica appends to it; this process only reads it and keeps it small.</summary>
/// <param name="path">The file.</param>
/// <param name="maxBytes">The size at which its content is moved to <c>.1</c>.</param>
internal sealed class ReplicaLog(string path, long maxBytes)
{
    private const int TailBytes = 4096, TailLines = 12;

    /// <summary>The file.</summary>
    public string Path => path;

    /// <summary>Creates the file, readable by this user only.</summary>
    /// <returns>What went wrong; null when it exists.</returns>
    public string? Create()
    {
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            using var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                Share = FileShare.ReadWrite,
            });
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"its log can't be written: {e.Message}";
        }
    }

    /// <summary>Moves the content to <c>.1</c> when the file has become too large.</summary>
    /// <remarks>
    /// The replica holds the file open, so its content is copied and the file cut. Lines written between the two are lost.
    /// </remarks>
    public void Rotate()
    {
        try
        {
            if (!File.Exists(path) || new FileInfo(path).Length < maxBytes) return;
            File.Copy(path, $"{path}.1", overwrite: true);
            using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            file.SetLength(0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next check tries again.
        }
    }

    /// <summary>The size of the file, from which a start's own lines begin.</summary>
    public long Length => File.Exists(path) ? new FileInfo(path).Length : 0;

    /// <summary>The last lines after an offset; empty when there are none.</summary>
    public string LastLines(long since)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var from = Math.Max(Math.Min(since, file.Length), file.Length - TailBytes);
            file.Position = from;
            using var reader = new StreamReader(file, Encoding.UTF8);
            var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            // The first line is cut when the reading began within it.
            return string.Join('\n', (from > since && lines.Length > 1 ? lines.Skip(1) : lines).TakeLast(TailLines));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
