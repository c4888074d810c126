using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tenfold.Core.Requests.Remote;
using Tenfold.Core.Store;

namespace Tenfold.Gateway.RequestLog;

/// <summary>Answers the calls of users who can't connect to the database of requests, as long as the gateway runs.</summary>
/// <param name="responder">Answers calls.</param>
/// <param name="pause">The pause between two looks for calls.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed class CallService(LogResponder responder, TimeSpan pause, TimeProvider time, ILogger<CallService> log) : BackgroundService
{
    private string? _fault;

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => SocketThreads.RunElsewhereAsync(async () =>
    {
        using var timer = new PeriodicTimer(pause, time);
        try
        {
            do await LookAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        finally
        {
            await responder.EndAsync();
        }
    });

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await responder.LookAsync(cancellationToken);
            _fault = null;
        }
        catch (StoreException e)
        {
            // A fault that lasts is reported once.
            if (_fault != e.Message) log.CallsUnreadable(e.Message);
            _fault = e.Message;
        }
    }
}
