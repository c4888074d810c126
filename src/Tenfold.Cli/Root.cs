using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Tenfold.App;
using Tenfold.Cli.Commands;
using Tenfold.Cli.Output;
using Tenfold.Cli.Remote;
using Tenfold.Core.Ledger;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Cli;

/// <summary>The command line: its commands, and the one place that turns exceptions into messages and exit codes.</summary>
internal static class Root
{
    private static readonly string[] Names =
    [
        "init", "demo", "fit", "sweep", "study", "runs", "show", "logs", "metrics", "cancel", "retry", "adopt", "compare", "report",
        "fetch", "copy", "deploy", "versions", "traffic", "ab", "revert", "purge", "serve", "gateway", "requests", "feedback", "cost",
        "targets", "trust", "queue", "pool", "ssh", "server", "hooks", "schedule", "infra", "image", "doctor", "gc", "ledger", "agent",
        "completion",
    ];

    /// <summary>
    /// Builds the command that the arguments begin with; all commands when they begin with none (help, completion, a misspelt name).
    /// </summary>
    /// <remarks>Building all commands takes as long as listing the runs.</remarks>
    public static RootCommand Create(string[] args)
    {
        var root = new RootCommand(
            "Tenfold takes a training script from a commit to a model that can be trusted. Train it tenfold before you believe it.");
        root.Options.Add(StandardErrorLogs.Verbose);
        // Help is --help and -h. The aliases /h and /? look like folders here, and shells would complete them.
        var help = root.Options.OfType<HelpOption>().Single();
        foreach (var alias in help.Aliases.Where(alias => alias != "-h").ToList()) help.Aliases.Remove(alias);
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        if (args is [var first, ..] && CreateCommand(first) is { } only)
        {
            root.Add(only);
            return root;
        }

        foreach (var name in Names) root.Add(CreateCommand(name)!);
        return root;
    }

    private static Command? CreateCommand(string name) => name switch
    {
        "init" => InitCommand.Create(),
        "demo" => DemoCommand.Create(),
        "fit" => FitCommand.Create(),
        "sweep" => SweepCommand.Create(),
        "study" => StudyCommand.Create(),
        "runs" => RunsCommand.Create(),
        "show" => ShowCommand.Create(),
        "logs" => LogsCommand.Create(),
        "metrics" => MetricsCommand.Create(),
        "cancel" => CancelCommand.Create(),
        "retry" => RetryCommand.Create(),
        "adopt" => AdoptCommand.Create(),
        "compare" => CompareCommand.Create(),
        "report" => ReportCommand.Create(),
        "fetch" => FetchCommand.Create(),
        "copy" => CopyCommand.Create(),
        "cost" => CostCommand.Create(),
        "ab" => AbCommand.Create(),
        "targets" => TargetsCommand.Create(),
        "trust" => TrustCommand.Create(),
        "queue" => QueueCommand.Create(),
        "pool" => PoolCommand.Create(),
        "ssh" => SshCommand.Create(),
        "server" => ServerCommand.Create(),
        "hooks" => HooksCommand.Create(),
        "schedule" => ScheduleCommand.Create(),
        "infra" => InfraCommand.Create(),
        "image" => ImageCommand.Create(),
        "doctor" => DoctorCommand.Create(),
        "gc" => GcCommand.Create(),
        "ledger" => LedgerCommand.Create(),
        "gateway" => GatewayCommand.Create(),
        "serve" => ServeCommand.Create(),
        "deploy" => DeployCommand.Create(),
        "versions" => VersionsCommand.Create(),
        "traffic" => TrafficCommand.Create(),
        "revert" => RevertCommand.Create(),
        "purge" => PurgeCommand.Create(),
        "requests" => RequestsCommand.Create(),
        "feedback" => FeedbackCommand.Create(),
        "agent" => AgentCommand.Create(),
        "completion" => CompletionCommand.Create(),
        _ => null,
    };

    /// <summary>Gives a command an action that uses the services.</summary>
    /// <param name="command">The command.</param>
    /// <param name="action">The action; returns the exit code.</param>
    public static Command WithAction(this Command command, Func<ParseResult, Services, CancellationToken, Task<int>> action) =>
        command.WithAction(action, (parsed, _, _) => throw new CommandException(
            ExitCodes.Unavailable,
            $"`{CommandLineErrors.Path(parsed)}` works on the home and the ledger of its own machine, and the API of a server has nothing "
            + $"like it: give the command on the server's machine, or unset {ServerAddress.Variable} to use this machine's ledger"));

    /// <summary>Gives a command an action that uses the services, or, when the environment names a server, asks the server.</summary>
    /// <param name="command">The command.</param>
    /// <param name="action">The action here; returns the exit code.</param>
    /// <param name="remote">The action that asks the server; returns the exit code.</param>
    public static Command WithAction(
        this Command command, Func<ParseResult, Services, CancellationToken, Task<int>> action,
        Func<ParseResult, ServerClient, CancellationToken, Task<int>> remote) =>
        command.WithAction(
            async (parsed, cancellationToken) =>
            {
                if (ServerAddress.Read(ProcessServices.ReadVariables()).OrFail().Address is not { } address)
                    return await action(parsed, OpenServices(parsed), cancellationToken);
                using var server = new ServerClient(address, TimeProvider.System);
                return await remote(parsed, server, cancellationToken);
            },
            usesHome: true);

    /// <summary>Gives a command an action for this machine, whatever server the environment names: an agent knows no ledger.</summary>
    /// <param name="command">The command.</param>
    /// <param name="action">The action; returns the exit code.</param>
    public static Command WithActionHere(this Command command, Func<ParseResult, Services, CancellationToken, Task<int>> action) =>
        command.WithAction(
            (parsed, cancellationToken) => action(parsed, OpenServices(parsed), cancellationToken),
            usesHome: true);

    /// <summary>Gives a command an action that needs no services, and so neither a home nor a ledger.</summary>
    public static Command WithAction(this Command command, Func<ParseResult, CancellationToken, Task<int>> action) =>
        command.WithAction(action, usesHome: false);

    // Translates every exception that a command may end with.
    private static Command WithAction(this Command command, Func<ParseResult, CancellationToken, Task<int>> action, bool usesHome)
    {
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                return await action(parsed, cancellationToken);
            }
            catch (CommandException e)
            {
                return Fail(e.Message, e.ExitCode);
            }
            catch (StoreException e)
            {
                return Fail(e.Message, ExitCodes.CannotWrite);
            }
            catch (TargetException e)
            {
                return Fail(e.Message, ExitCodes.Unavailable);
            }
            catch (LedgerException e)
            {
                return Fail(e.Message, e.IsUnreadable ? ExitCodes.Damaged : ExitCodes.CannotWrite);
            }
            catch (StandardOutputException e)
            {
                return Fail(e.Message, ExitCodes.CannotWrite);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A command without a home writes elsewhere, for instance to a node's scratch folder.
                var hint = usesHome ? " TENFOLD_HOME names the folder that Tenfold writes to." : "";
                return Fail($"{e.Message} Is the disk full or read-only?{hint}", ExitCodes.CannotWrite);
            }
            catch (OperationCanceledException)
            {
                return ExitCodes.Interrupted;
            }
            catch (Exception e)
            {
                return Fail($"this is a bug in Tenfold; please report it with these lines:\n{e}", ExitCodes.Bug);
            }
        });
        return command;
    }

    private static Services OpenServices(ParseResult parsed) =>
        ProcessServices.Open(StandardErrorLogs.From(parsed), record => Terminal.Say($"warning: {record}"));

    private static int Fail(string message, int exitCode)
    {
        Terminal.Say($"tenfold: {message}");
        return exitCode;
    }
}

/// <summary>Prints help: a command's own help has its examples, and a list of commands has none.</summary>
/// <param name="help">The standard help.</param>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        foreach (var command in parseResult.CommandResult.Command.Subcommands) command.Description = command.Description?.Split('\n')[0];
        return help.Invoke(parseResult);
    }
}
