using System.Text.Json;

namespace Tenfold.Agent.Preparation;

/// <summary>What to start: a program and its arguments.</summary>
/// <param name="Program">The program's path.</param>
/// <param name="Arguments">Its arguments.</param>
public sealed record CommandLine(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>A command as a user writes it, for the shell.</summary>
    public static CommandLine Shell(string command) => new("/bin/sh", ["-c", command]);

    /// <summary>Parameters as SageMaker's script mode passes them: <c>--name value</c>, in order.</summary>
    public static IReadOnlyList<string> ScriptArguments(JsonElement parameters) =>
        [.. parameters.EnumerateObject().SelectMany(parameter => new[] { $"--{parameter.Name}", WorkerEnvironment.Text(parameter.Value) })];

    /// <summary>Looks a program up as a shell would.</summary>
    /// <param name="name">The program's name.</param>
    /// <param name="path">The folders, with colons between.</param>
    /// <returns>Its full path; null when it is in none of them.</returns>
    public static string? Find(string name, string? path) => (path ?? "/usr/local/bin:/usr/bin:/bin")
        .Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => System.IO.Path.Combine(folder, name))
        .FirstOrDefault(file => File.Exists(file) && IsExecutable(file));

    private static bool IsExecutable(string file) =>
        (File.GetUnixFileMode(file) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
}
