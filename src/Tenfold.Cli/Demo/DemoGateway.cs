using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tenfold.Cli.Commands;
using Tenfold.Core.Platform;

namespace Tenfold.Cli.Demo;

/// <summary>The gateway of the demo, on a free port. Disposing of it ends the gateway with all services that it started.</summary>
internal sealed partial class DemoGateway : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100), Patience = TimeSpan.FromSeconds(40);

    private readonly ChildProcess _process;
    private readonly TimeProvider _time;
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly string _log;

    private DemoGateway(ChildProcess process, string log, TimeProvider time) => (_process, _log, _time) = (process, log, time);

    /// <summary>Its address; null before <see cref="WaitUntilListensAsync"/>.</summary>
    public string? Address { get; private set; }

    /// <summary>Starts it.</summary>
    /// <param name="home">Its home.</param>
    /// <param name="variables">Its variables.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="CommandException">It can't be started.</exception>
    public static DemoGateway Start(string home, IReadOnlyDictionary<string, string> variables, TimeProvider time)
    {
        var log = Path.Combine(home, "gateway.log");
        try
        {
            var process = ChildProcess.Start(
                new ProcessStart
                {
                    Program = Path.Combine(AppContext.BaseDirectory, GatewayCommand.Program),
                    Arguments = ["--url", "http://127.0.0.1:0"],
                    Environment = variables,
                    Folder = home,
                    OutputFile = log,
                },
                time);
            return new DemoGateway(process, log, time);
        }
        catch (ProcessStartException e)
        {
            throw new CommandException(ExitCodes.Unavailable, $"the demo's gateway can't be started: {e.Message}");
        }
    }

    /// <summary>Waits until it answers.</summary>
    public async Task WaitUntilListensAsync(CancellationToken cancellationToken)
    {
        while (Address is null)
        {
            await PauseAsync(cancellationToken);
            if (File.Exists(_log) && Listens().Match(await File.ReadAllTextAsync(_log, cancellationToken)) is { Success: true } found)
                Address = found.Groups[1].Value;
        }
    }

    /// <summary>Waits until a model's route is in force, and all of its versions with traffic are ready.</summary>
    /// <param name="model">The model.</param>
    /// <param name="revision">The route's revision.</param>
    /// <param name="isExperiment">True to wait for an experiment too.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task WaitForRouteAsync(string model, long revision, bool isExperiment, CancellationToken cancellationToken)
    {
        while (!await IsInForceAsync(model, revision, isExperiment, cancellationToken)) await PauseAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _process.Terminate();
        await Task.WhenAny(_process.GroupEnded, Task.Delay(Patience, _time));
        _process.Kill();
        await _process.Ended;
    }

    private async Task<bool> IsInForceAsync(string model, long revision, bool isExperiment, CancellationToken cancellationToken)
    {
        try
        {
            using var ready = await _client.GetAsync($"{Address}/v2/models/{model}/ready", cancellationToken);
            if (!ready.IsSuccessStatusCode) return false;
            var shown = await _client.GetFromJsonAsync($"{Address}/v2/models/{model}", DemoJson.Default.JsonElement, cancellationToken);
            return shown.GetProperty("revision").GetInt64() >= revision
                && (!isExperiment || shown.GetProperty("experiment").ValueKind == JsonValueKind.Number);
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task PauseAsync(CancellationToken cancellationToken)
    {
        if (_process.Ended.IsCompleted)
        {
            var said = File.Exists(_log) ? await File.ReadAllTextAsync(_log, cancellationToken) : "";
            throw new CommandException(ExitCodes.Unavailable, $"the demo's gateway ended:\n{said}");
        }

        await Task.Delay(Pause, _time, cancellationToken);
    }

    [GeneratedRegex(@"listens on (http://\S+)")]
    private static partial Regex Listens();
}

/// <summary>The gateway's replies, as JSON.</summary>
[System.Text.Json.Serialization.JsonSerializable(typeof(JsonElement))]
internal sealed partial class DemoJson : System.Text.Json.Serialization.JsonSerializerContext;
