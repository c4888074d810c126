using System.Runtime.InteropServices;

namespace Tenfold.Cli;

/// <summary>
/// Handles the signals that ask a long-running command to end, so that it can shut down in order. It ignores SIGHUP: the agent outlives
/// its terminal.
/// </summary>
internal sealed class ShutdownSignals : IDisposable
{
    private readonly CancellationTokenSource _requested = new(), _repeated = new();
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Begins to handle the signals.</summary>
    public ShutdownSignals() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Request),
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Request),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true),
    ];

    /// <summary>Cancelled at the first signal.</summary>
    public CancellationToken Requested => _requested.Token;

    /// <summary>Cancelled at the second signal: whoever sends it does not want to wait.</summary>
    public CancellationToken Repeated => _repeated.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _requested.Dispose();
        _repeated.Dispose();
    }

    private void Request(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_requested.IsCancellationRequested) _repeated.Cancel();
        else _requested.Cancel();
    }
}
