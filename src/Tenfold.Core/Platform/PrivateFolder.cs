namespace Tenfold.Core.Platform;

/// <summary>This user's own folder below a folder that everybody may write to, such as <c>/tmp</c>.</summary>
/// <remarks>
/// Somebody else may have made it first, to read what is put there or to have us run what they put there: so its owner is looked at.
/// </remarks>
public static class PrivateFolder
{
    /// <summary>
    /// The agent's default folder on a machine: <c>$TMPDIR/tenfold-UID</c>, else below <c>/tmp</c>.
    /// </summary>
    /// <param name="temporary">The value of <c>TMPDIR</c>; null when it is not set.</param>
    public static string Default(string? temporary) =>
        Path.Combine(temporary is { Length: > 0 } ? temporary : "/tmp", $"tenfold-{Posix.UserId()}");

    /// <summary>Makes the folder, closed to other users, or checks that the existing one is ours.</summary>
    /// <returns>What is wrong and what to do; null when nothing is.</returns>
    /// <exception cref="IOException">It can't be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public static string? Claim(string path)
    {
        const UnixFileMode ours = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        Directory.CreateDirectory(path, ours);
        if (new DirectoryInfo(path).LinkTarget is not null)
            return $"{path} is a link, which anybody may have made: remove it, or name another folder (--home)";
        if (Posix.Owner(path) is var owner && owner != Posix.UserId())
            return $"{path} belongs to another user ({owner}): name another folder (--home)";
        File.SetUnixFileMode(path, ours);
        return null;
    }
}
