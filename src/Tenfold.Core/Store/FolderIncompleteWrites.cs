using Tenfold.Core.Platform;

namespace Tenfold.Core.Store;

/// <summary>
/// The half-written files that killed writers left in a store's temporary folder, and the folders there whose removal was interrupted.
/// </summary>
internal static class FolderIncompleteWrites
{
    public static IEnumerable<IncompleteWrite> List(string root, DateTimeOffset before)
    {
        using var folder = HeldFolder.Find(root, FolderWriter.TemporaryFolder);
        if (folder is null) yield break;
        foreach (var entry in folder.List())
        {
            if (folder.Stat(entry.Text) is not { } stat || stat.ModifiedAt >= before) continue;
            yield return new IncompleteWrite(entry.Text, Key: null, stat.ModifiedAt, stat.Kind == FileKind.File ? stat.SizeBytes : null);
        }
    }

    public static void Remove(string root, string name)
    {
        if (StoreKey.Fault(name) is not null || name.Contains('/'))
            throw new ArgumentException($"'{name}' is not the name of an incomplete write", nameof(name));
        using var folder = HeldFolder.Find(root, FolderWriter.TemporaryFolder);
        if (folder is not null) FolderRemoval.Delete(folder.Handle, name, $"{root}/{FolderWriter.TemporaryFolder}/{name}");
    }
}
