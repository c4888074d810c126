using System.CommandLine;
using Tenfold.App;
using Tenfold.App.Serving.OnAws;

namespace Tenfold.Cli.Infra;

/// <summary>The option that names where versions run.</summary>
internal static class ServingOn
{
    /// <summary>Makes the option.</summary>
    public static Option<string?> Create() => new("--on")
    {
        Description = "Where versions run: `aws`, or a target of the project whose stack serves. Default: on this machine.",
    };

    /// <summary>Opens the stack of serving that a command means.</summary>
    /// <returns>The stack; null for this machine.</returns>
    /// <exception cref="CommandException">There is none, or AWS gives no answer.</exception>
    public static async Task<ServingPlace?> OpenAsync(
        ParseResult parsed, Option<string?> option, Services services, CancellationToken cancellationToken) =>
        parsed.GetValue(option) is { } on
            ? await ServingPlace.OpenAsync(services, on, ".", cancellationToken).OrFailAsync()
            : null;
}
