namespace Tenfold.Core.Platform;

/// <summary>
/// Reads files that people write, such as requirements. A pipe that nobody writes to, or a device that never ends, is refused instead of
/// read.
/// </summary>
public static class PlainFile
{
    /// <summary>The most bytes that are read.</summary>
    public const int MaxBytes = 16 << 20;

    /// <summary>True for a file with a content of its own; false for a pipe, a device, a folder, and where there is nothing.</summary>
    /// <param name="path">The path; links are followed.</param>
    public static bool Is(string path) => Posix.Stat(path, follow: true, out var stat) == 0 && stat.Kind == FileKind.File;

    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="IOException">It can't be read, or is a pipe or a device.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static FileStream Open(string path)
    {
        if (Path.Exists(path) && !Directory.Exists(path) && !Is(path))
            throw new IOException($"{path} is a pipe or a device, and not a file");
        return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="IOException">It can't be read, is a pipe or a device, or is larger than <see cref="MaxBytes"/>.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static byte[] ReadBytes(string path)
    {
        using var file = Open(path);
        if (file.Length > MaxBytes) throw new IOException($"{path} is larger than {MaxBytes >> 20} MiB; is it the right one?");
        var content = new byte[file.Length];
        return content[..file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false)];
    }

    /// <summary>Reads a text, which is UTF-8 unless a byte order mark says otherwise.</summary>
    /// <inheritdoc cref="ReadBytes"/>
    public static string ReadText(string path)
    {
        using var reader = new StreamReader(new MemoryStream(ReadBytes(path)));
        return reader.ReadToEnd();
    }
}
