using Tenfold.Core.Platform;

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

    /// <inheritdoc cref="SearchPath.Find"/>
    public static string? Find(string name, string? path) => SearchPath.Find(name, path);
}
