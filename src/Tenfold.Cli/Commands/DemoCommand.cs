using System.CommandLine;
using Tenfold.Cli.Demo;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold demo</c>: shows on real data why one run is not enough.</summary>
internal static class DemoCommand
{
    private const string Description =
        "Train a small network on 1,797 real digits, thirty times, and see how a single run would have misled you. Takes under a minute.";

    /// <summary>Builds the command.</summary>
    public static Command Create() => new Command("demo", Description.WithExample("tenfold demo"))
        .WithAction((_, services, cancellationToken) => new DemoStory(services).TellAsync(cancellationToken));
}
