using System.CommandLine;
using Tenfold.Cli.Demo;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold demo</c>: shows on real data why one run is not enough, and how a better version replaces another.</summary>
internal static class DemoCommand
{
    private const string Training = "training", Serving = "serving";

    private const string Description =
        "Train a small network on 1,797 real digits, thirty times, and see how a single run would have misled you. Then serve two " +
        "versions of another model, and let their users decide. Takes about a minute, and leaves nothing running.";

    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var part = new Argument<string?>("part")
        {
            Description = "Only this part: training or serving. Default: both.",
            Arity = ArgumentArity.ZeroOrOne,
        }.AcceptOnlyFromAmong(Training, Serving);
        var command = new Command("demo", Description.WithExample("tenfold demo", "tenfold demo serving")) { part };
        return command.WithAction(async (parsed, services, cancellationToken) =>
        {
            var wanted = parsed.GetValue(part);
            if (wanted != Serving)
            {
                var told = await new DemoStory(services).TellAsync(cancellationToken);
                if (told != ExitCodes.Success || wanted == Training) return told;
                Console.Out.WriteLine($"\n{new string('-', 77)}\n");
            }

            return await ServingStory.TellAsync(services);
        });
    }
}
