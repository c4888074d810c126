using Tenfold.Core.Platform;

namespace Tenfold.Cli.Commands;

/// <summary>The programs with a web server, which lie beside this one.</summary>
internal static class HostPrograms
{
    /// <summary>Replaces this program by another one, which gets the process id, the terminal and the signals.</summary>
    /// <exception cref="CommandException">It can't be started.</exception>
    public static int Replace(string name, IReadOnlyList<string> arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, name);
        var fault = ProgramReplacement.Exec(program, arguments, ProcessServices.ReadVariables());
        throw new CommandException(
            ExitCodes.Unavailable,
            $"{program} can't be started: {fault}. The agent on other machines has no web server: use the program that ./build made");
    }
}
