using System.CommandLine;
using System.Globalization;
using Tenfold.Projects;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold gateway</c>: replaces itself by the program <c>tenfold-gateway</c>, which has the web server.</summary>
internal static class GatewayCommand
{
    /// <summary>The program, which lies beside this one.</summary>
    public const string Program = "tenfold-gateway";

    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var listen = CommandOptions.Listen(
            "The address to listen on. Other machines can connect only when you name an address of this machine's network; then add an API "
            + "key first.",
            "http://127.0.0.1:8080");
        var durability = new Option<string>("--durability")
        {
            Description = "When a reply may be sent: once the operating system has its record (write), at once (async), or once the disk "
                + "has it (fsync).",
            DefaultValueFactory = _ => "write",
        }.AcceptOnlyFromAmong("write", "async", "fsync");
        var whenFull = new Option<string>("--when-full")
        {
            Description = "What happens to requests while the disk budget of the spool is used up.",
            DefaultValueFactory = _ => "refuse",
        }.AcceptOnlyFromAmong("refuse", "drop");
        var budget = new Option<double?>("--budget-gb")
        {
            Description = "The disk space in GB for requests that are not in the database yet. Default: 4.",
        };
        var retention = new Option<string?>("--retention")
        {
            Description = "Delete requests that are older, such as 90d. Default: keep all.",
        };
        var model = new Option<string?>("--default-model")
        {
            Description = "The model that the paths without a model (POST /run/) are about. Default: the only model.",
        };
        var id = new Option<string>("--id")
        {
            Description = "The name of this gateway's spool. Two gateways of one home need two names.",
            DefaultValueFactory = _ => "default",
        };
        var description = "Serve all deployed versions of all models, and log every request.\nStop it with Ctrl-C or SIGTERM."
            .WithExample("tenfold gateway", "tenfold gateway --listen http://0.0.0.0:8080 --retention 90d", "tenfold gateway keys add web");
        var command = new Command("gateway", description)
        {
            listen, durability, whenFull, budget, retention, model, id, GatewayKeysCommand.Create(),
        };
        return command.WithAction((parsed, _) =>
        {
            List<string> arguments =
            [
                "--url", parsed.GetValue(listen)!, "--durability", parsed.GetValue(durability)!, "--when-full", parsed.GetValue(whenFull)!,
                "--id", parsed.GetValue(id)!,
            ];
            if (parsed.GetValue(model) is { } named) arguments.AddRange(["--default-model", named]);
            if (parsed.GetValue(budget) is { } space) arguments.AddRange(["--budget-bytes", BytesOf(space)]);
            if (parsed.GetValue(retention) is { } kept) arguments.AddRange(["--retention-seconds", SecondsOf(kept)]);
            return Task.FromResult(HostPrograms.Replace(Program, arguments));
        });
    }

    private static string BytesOf(double gigabytes) => gigabytes is >= 0.001 and <= 1_000_000
        ? ((long)(gigabytes * 1e9)).ToString(CultureInfo.InvariantCulture)
        : throw new CommandException(ExitCodes.BadInput, "--budget-gb must be a number from 0.001 to 1000000");

    private static string SecondsOf(string text) =>
        Durations.Read(text, out var fault) is { } time
            ? ((long)time.TotalSeconds).ToString(CultureInfo.InvariantCulture)
            : throw new CommandException(ExitCodes.BadInput, $"--retention {fault}");
}
