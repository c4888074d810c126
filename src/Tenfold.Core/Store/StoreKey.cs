namespace Tenfold.Core.Store;

/// <summary>The rules for keys. Every kind of store has the same ones.</summary>
public static class StoreKey
{
    /// <summary>Why a text is not a key; null when it is one. A key is relative, with <c>/</c> between its segments. No segment is empty,
    /// <c>.</c> or <c>..</c>, and no character is a control character.</summary>
    public static string? Fault(string key)
    {
        if (key.Length == 0) return "it is empty";
        if (key[0] == '/') return "it starts with '/'";
        foreach (var c in key)
            if (char.IsControl(c) && c is not ('\t' or '\n' or '\r')) return "it contains a control character";
        foreach (var range in key.AsSpan().Split('/'))
        {
            var segment = key.AsSpan(range);
            if (segment.IsEmpty) return "it has an empty segment";
            if (segment is "." or "..") return $"it has the segment '{segment}'";
        }
        return null;
    }

    /// <summary>Returns the key when it is one.</summary>
    /// <exception cref="ArgumentException">It isn't: a bug of the caller, or of the writer of the manifest that it read.</exception>
    public static string Check(string key) =>
        Fault(key) is { } fault ? throw new ArgumentException($"'{key}' is not a key of a store: {fault}", nameof(key)) : key;

    /// <summary>Returns a folder of keys without its closing <c>/</c>; the empty text means the whole store.</summary>
    /// <exception cref="ArgumentException">It is not a folder of keys.</exception>
    public static string CheckFolder(string folder) =>
        folder.Length == 0 ? folder : Check(folder.EndsWith('/') ? folder[..^1] : folder);
}
