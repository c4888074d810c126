namespace Tenfold.Core.Platform;

/// <summary>This user's own folder below a folder that everybody may write to, such as <c>/tmp</c>.</summary>
/// <remarks>
/// Another user may have created the folder first, to read its content or to plant programs in it. So its owner is checked.
/// </remarks>
public static class PrivateFolder
{
    /// <summary>
    /// The agent's default folder on a machine: <c>$TMPDIR/tenfold-UID</c>, else below <c>/tmp</c>.
    /// </summary>
    /// <param name="temporary">The value of <c>TMPDIR</c>; null when it is not set.</param>
    public static string Default(string? temporary) =>
        Path.Combine(temporary is { Length: > 0 } ? temporary : "/tmp", $"tenfold-{Posix.UserId()}");

    /// <summary>Creates the folder, closed to other users, or checks that an existing one belongs to this user.</summary>
    /// <returns>What is wrong, and what to do; null when the folder can be used.</returns>
    /// <exception cref="IOException">The folder can't be created.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not create the folder.</exception>
    public static string? Claim(string path)
    {
        const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        Directory.CreateDirectory(path, ownerOnly);
        if (new DirectoryInfo(path).LinkTarget is not null)
            return $"{path} is a link, which another user may have created: remove it, or name another folder (--home)";
        if (Posix.Owner(path) is var owner && owner != Posix.UserId())
            return $"{path} belongs to another user ({owner}): name another folder (--home)";
        File.SetUnixFileMode(path, ownerOnly);
        return null;
    }
}
