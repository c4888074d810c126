namespace Tenfold.Agent.Tests;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
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

    /// <summary>The files of which the content holds the text.</summary>
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

    public void Dispose() => System.Diagnostics.Process.Start("rm", ["-rf", Path]).WaitForExit();
}
