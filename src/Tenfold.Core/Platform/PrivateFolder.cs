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

    /// <summary>Checks a folder of the user's own that exists already, such as the home, and closes it to other users.</summary>
    /// <param name="path">The folder. It may be a link of this user, for example to a larger disk.</param>
    /// <returns>What is wrong, and what to do; null when the folder can be used, or doesn't exist.</returns>
    public static string? Close(string path)
    {
        const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (!Directory.Exists(path)) return null;
        var real = new DirectoryInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
        foreach (var part in new[] { path, real }.Distinct())
        {
            if (Posix.Owner(part) is { } owner && owner != Posix.UserId())
            {
                return $"{path} belongs to another user ({owner}), who could read your secrets there and start programs as you: " +
                    "set TENFOLD_HOME to a folder of your own";
            }
        }

        try
        {
            if ((File.GetUnixFileMode(real) & ~ownerOnly) != 0) File.SetUnixFileMode(real, ownerOnly);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A file system without permissions, or one that is read-only.
        }

        return null;
    }

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
