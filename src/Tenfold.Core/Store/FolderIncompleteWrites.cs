namespace Tenfold.Core.Store;

/// <summary>
/// The half-written files that killed writers left in a store's temporary folder, and the folders there whose removal was interrupted.
/// </summary>
internal static class FolderIncompleteWrites
{
    public static IEnumerable<IncompleteWrite> List(string folder, DateTimeOffset before)
    {
        var directory = new DirectoryInfo(folder);
        if (!directory.Exists) yield break;
        foreach (var info in directory.EnumerateFileSystemInfos())
        {
            var touched = new DateTimeOffset(info.LastWriteTimeUtc);
            if (touched >= before) continue;
            long? size = info is FileInfo { Exists: true } file ? file.Length : null;
            yield return new IncompleteWrite(info.Name, Key: null, touched, size);
        }
    }

    public static void Remove(string folder, string name)
    {
        if (StoreKey.Fault(name) is not null || name.Contains('/'))
            throw new ArgumentException($"'{name}' is not the name of an incomplete write", nameof(name));
        var path = $"{folder}/{name}";
        try
        {
            if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
            else File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // Another process removed it.
        }
    }
}
