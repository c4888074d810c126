using Microsoft.Extensions.Logging;
using Tenfold.Core.Platform;
using Tenfold.Core.Requests;

namespace Tenfold.Gateway.RequestLog;

/// <summary>Records requests in a spool, and loads the spool into the request log in the background.</summary>
public sealed class RequestRecorder : IRequestRecorder, IAsyncDisposable
{
    private readonly SpoolFolder _folder;
    private readonly SpoolWriter _writer;
    private readonly SpoolLoader _loader;
    private readonly SpoolOptions _options;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _loading;

    private RequestRecorder(SpoolFolder folder, SpoolOptions options, IRequestLog log, TimeProvider time, ILogger logger)
    {
        (_folder, _options, _time) = (folder, options, time);
        _writer = new SpoolWriter(folder, options, time);
        _loader = new SpoolLoader(folder, _writer, log, options, time, logger);
        _loading = SocketThreads.RunElsewhereAsync(() => _loader.RunAsync(_stopping.Token));
    }

    /// <inheritdoc/>
    public bool IsRefusing => _writer.IsRefusing;

    /// <summary>How often the spool's folder was searched for records to load.</summary>
    internal long Reads => _loader.Reads;

    /// <summary>What is recorded, loaded and lost.</summary>
    public SpoolStatus Status => new()
    {
        Recorded = _writer.Records,
        Loaded = _loader.Loaded,
        Refused = _loader.Refused,
        SizeBytes = _writer.TotalBytes,
        BudgetBytes = _options.BudgetBytes,
        Losses = _folder.Losses,
        WriteFault = _writer.Fault,
        LoadFault = _loader.Fault,
    };

    /// <summary>Opens the spool and begins to load what an earlier gateway left in it.</summary>
    /// <returns>The recorder; or Unavailable when another gateway uses the spool, CannotWrite when the folder can't be written.</returns>
    public static Outcome<RequestRecorder> Open(SpoolOptions options, IRequestLog log, TimeProvider time, ILogger logger)
    {
        try
        {
            if (SpoolFolder.TryOpen(options.Folder) is { } folder) return new RequestRecorder(folder, options, log, time, logger);
            return Refusal.Unavailable(
                $"another gateway uses the spool {options.Folder}. Stop it, or give this gateway an id of its own (--id)");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Refusal.CannotWrite($"the spool {options.Folder} can't be opened: {e.Message.TrimEnd('.')}");
        }
    }

    /// <inheritdoc/>
    public ValueTask<AppendOutcome> AppendAsync(LoggedRequest request, CancellationToken cancellationToken) => _writer.AppendAsync(request);

    /// <inheritdoc/>
    public ValueTask<AppendOutcome> AppendAsync(Feedback feedback, CancellationToken cancellationToken) => _writer.AppendAsync(feedback);

    /// <inheritdoc/>
    public async Task LoadAllAsync(CancellationToken cancellationToken)
    {
        await _writer.FlushAsync().WaitAsync(cancellationToken);
        await _loader.WaitForAsync(_writer.End, isFaultAwaited: true, cancellationToken);
    }

    /// <summary>
    /// Writes and loads what is left, for five seconds at most, and not at all while the database is unreachable. What is not loaded
    /// stays in the spool for the next gateway.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        using (var limit = new Deadline(TimeSpan.FromSeconds(5), _time, CancellationToken.None))
        {
            try
            {
                await _writer.FlushAsync().WaitAsync(limit.Token);
                await _loader.WaitForAsync(_writer.End, isFaultAwaited: false, limit.Token);
            }
            catch (OperationCanceledException)
            {
                // The database is slow.
            }
        }

        await _stopping.CancelAsync();
        await _loading;
        _stopping.Dispose();
        _writer.Dispose();
        _folder.Dispose();
    }
}

/// <summary>What a gateway recorded, loaded and lost.</summary>
public sealed record SpoolStatus
{
    /// <summary>Records that this gateway wrote.</summary>
    public required long Recorded { get; init; }

    /// <summary>Records that this gateway loaded, also those of earlier gateways.</summary>
    public required long Loaded { get; init; }

    /// <summary>Requests that the database refused; they are in the table <c>requests_refused</c>.</summary>
    public required long Refused { get; init; }

    /// <summary>The disk space that the spool takes. Loaded segments are deleted, except for the newest.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>The disk space that it may take.</summary>
    public required long BudgetBytes { get; init; }

    /// <summary>What was lost since the spool exists.</summary>
    public required SpoolLosses Losses { get; init; }

    /// <summary>Why the last write failed; null when it succeeded.</summary>
    public string? WriteFault { get; init; }

    /// <summary>Why nothing is loaded at the moment; null when loading works.</summary>
    public string? LoadFault { get; init; }
}
