namespace Tenfold.Agent.Preparation;

/// <summary>A program and its arguments.</summary>
/// <param name="Program">The program's path.</param>
/// <param name="Arguments">Its arguments.</param>
public sealed record CommandLine(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>The interpreter of the user's code, when the program is another one that drives it; null for the program itself.</summary>
    public string? Interpreter { get; init; }

    /// <summary>Runs a command, as a user writes it, in the shell.</summary>
    public static CommandLine Shell(string command) => new("/bin/sh", ["-c", command]);

    /// <summary>Finds a program as a shell does.</summary>
    /// <param name="name">The program's name.</param>
    /// <param name="path">The folders, with colons between; null for the system's usual ones.</param>
    /// <returns>Its full path; null when it is in none of them.</returns>
    public static string? Find(string name, string? path) => (path ?? "/usr/local/bin:/usr/bin:/bin")
        .Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => System.IO.Path.Combine(folder, name))
        .FirstOrDefault(file => File.Exists(file) && IsExecutable(file));

    private static bool IsExecutable(string file) =>
        (File.GetUnixFileMode(file) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
}
