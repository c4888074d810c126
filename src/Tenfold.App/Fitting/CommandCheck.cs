using System.Text.Json;
using Tenfold.Core.Commands;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.App.Fitting;

/// <summary>Checks that a run's command line can be made and started, before anything is recorded.</summary>
internal static class CommandCheck
{
    // Only its length matters: the ids and seeds of other runs are about as long.
    private const string AnyRun = "a0000000-1";

    /// <summary>Checks the command line of a group's runs.</summary>
    /// <param name="command">The command; null for a script.</param>
    /// <param name="script">The script; null for a command.</param>
    /// <param name="style">How a script's arguments are written.</param>
    /// <param name="parameters">The runs' parameters.</param>
    /// <returns>Why no run could start; null when runs can.</returns>
    public static Refusal? FaultOf(string? command, string? script, ArgumentStyle style, Parameters parameters)
    {
        using var document = JsonDocument.Parse(parameters.ToJson());
        var values = document.RootElement;
        if (command is null)
            return ArgumentLimits.FaultOfScript(script!, style, values) is { } tooLong ? Refusal.BadInput(tooLong) : null;
        return CommandTemplate.Parse(command).Render(parameters, seed: int.MaxValue, repeat: 1, AnyRun).Match(
            rendered => ArgumentLimits.FaultOfCommand(command, rendered, values) is { } tooLong ? Refusal.BadInput(tooLong) : null,
            faults => Refusal.BadInput(string.Join("\n  ", faults.Select(fault => fault.Message))));
    }
}
