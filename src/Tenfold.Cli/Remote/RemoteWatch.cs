using System.Text.Json.Serialization.Metadata;
using Tenfold.App.Views;
using Tenfold.App.Watching;
using Tenfold.Core.Control;

namespace Tenfold.Cli.Remote;

/// <summary>Watches what a server drives. The server may be away for a while: it goes on with its work when it is back.</summary>
/// <param name="server">The server.</param>
/// <param name="id">The id of the study or group.</param>
/// <param name="path">The path of the API that tells how it stands.</param>
/// <param name="type">What the path answers.</param>
/// <param name="read">Reads an answer. Gets why the answer is not the latest; nothing when it is.</param>
internal sealed class RemoteWatch<TView, TSnapshot>(
    ServerClient server, string id, string path, JsonTypeInfo<TView> type,
    Func<TView, IReadOnlyList<ControlFault>, TSnapshot> read) : IWatch<TSnapshot>
    where TView : class
    where TSnapshot : WatchSnapshot
{
    private TView? _last;

    /// <inheritdoc/>
    public string Id => id;

    /// <inheritdoc/>
    public bool IsRemote => true;

    /// <inheritdoc/>
    /// <exception cref="CommandException">The server refuses; or its first answer is lost.</exception>
    public async Task<TSnapshot> ObserveAsync(CancellationToken cancellationToken)
    {
        try
        {
            _last = await server.GetAsync(path, type, cancellationToken);
            return read(_last, []);
        }
        catch (CommandException e) when (e.IsLost && _last is not null)
        {
            return read(_last, [new ControlFault(ControlFaultKind.Target, id, e.Message)]);
        }
    }

    /// <inheritdoc/>
    public Task CancelAsync(CancellationToken cancellationToken) =>
        server.PostAsync("cancel", RemoteIds.Body([id]), ViewJson.Default.ChangeView, cancellationToken);
}
