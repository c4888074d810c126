namespace Tenfold.Projects;

/// <summary>The location of data or of a store: a path, or <c>s3://bucket/prefix</c>.</summary>
/// <param name="Text">The text as the user wrote it.</param>
public sealed record Location(string Text)
{
    private const string S3 = "s3://";

    /// <summary>True for an S3 URI, false for a path.</summary>
    public bool IsS3 => Text.StartsWith(S3, StringComparison.Ordinal);

    /// <summary>The bucket of an S3 URI; null for a path.</summary>
    public string? Bucket => IsS3 ? Text[S3.Length..].Split('/', 2)[0] : null;

    /// <summary>The key or prefix of an S3 URI, without a leading slash; may be empty; null for a path.</summary>
    public string? Key => IsS3 ? Text[S3.Length..].Split('/', 2) is [_, var key] ? key : "" : null;

    /// <summary>The full path. <c>~/</c> is the user's home, and a relative path is relative to <paramref name="folder"/>.</summary>
    /// <param name="folder">The project's folder.</param>
    /// <param name="home">The user's home folder; empty for none. Then a path that begins with <c>~/</c> stays as it is.</param>
    /// <exception cref="InvalidOperationException">The location is an S3 URI.</exception>
    public string PathFrom(string folder, string home)
    {
        if (IsS3) throw new InvalidOperationException($"{Text} is not a path");
        if (!Text.StartsWith("~/", StringComparison.Ordinal)) return Path.GetFullPath(Path.Combine(folder, Text));
        return home.Length > 0 ? Path.GetFullPath(Path.Combine(home, Text[2..])) : Text;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}
