namespace Tenfold.Core.Store;

/// <summary>What killed writers left in the folder of half-written files, and doomed folders whose removal was broken off.</summary>
internal static class FolderLeftovers
{
    public static IEnumerable<StoreLeftover> List(string folder, DateTimeOffset before)
    {
        var at = new DirectoryInfo(folder);
        if (!at.Exists) yield break;
        foreach (var info in at.EnumerateFileSystemInfos())
        {
            var touched = new DateTimeOffset(info.LastWriteTimeUtc);
            if (touched >= before) continue;
            long? size = info is FileInfo { Exists: true } file ? file.Length : null;
            yield return new StoreLeftover(info.Name, Key: null, touched, size);
        }
    }

    public static void Remove(string folder, string name)
    {
        if (StoreKey.Fault(name) is not null || name.Contains('/')) throw new ArgumentException($"'{name}' is no leftover", nameof(name));
        var path = $"{folder}/{name}";
        try
        {
            if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
            else File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // Someone else removed it.
        }
    }
}
