namespace Tenfold.TestKit;

/// <summary>A folder that is removed after the test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => Path = Directory.CreateTempSubdirectory("tenfold-").FullName;

    public string Path { get; }

    public string this[string relative] => $"{Path}/{relative}";

    public string Write(string relative, string content)
    {
        var path = this[relative];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    /// <summary>The files whose content contains the text.</summary>
    public IReadOnlyList<string> FilesWith(string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        return
        [
            .. Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories)
                .Where(file => new FileInfo(file).UnixFileMode != UnixFileMode.None && !file.EndsWith(".sock", StringComparison.Ordinal))
                .Where(file => File.ReadAllBytes(file).AsSpan().IndexOf(bytes) >= 0)
                .Select(file => file[(Path.Length + 1)..]),
        ];
    }

    /// <summary>Every file, relative to the folder, in ordinal order.</summary>
    public string[] Files() =>
        [.. Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories).Select(path => path[(Path.Length + 1)..])
            .Order(StringComparer.Ordinal)];

    /// <summary>Removes the folder. <c>Directory.Delete</c> fails at names that are not UTF-8; <c>rm</c> does not.</summary>
    public void Dispose() => System.Diagnostics.Process.Start("rm", ["-rf", Path]).WaitForExit();
}
