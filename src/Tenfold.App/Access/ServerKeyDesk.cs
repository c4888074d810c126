using Tenfold.App.Serving.Keys;
using Tenfold.Core.Keys;
using Tenfold.Core.Versions;

namespace Tenfold.App.Access;

/// <summary>Adds, lists and removes the API keys of servers.</summary>
/// <param name="services">The services of this home.</param>
public sealed class ServerKeyDesk(Services services)
{
    /// <summary>The keys, by name.</summary>
    public Task<IReadOnlyList<ServerKey>> ListAsync(CancellationToken cancellationToken) =>
        services.ServerKeys.ListServerKeysAsync(cancellationToken);

    /// <summary>Adds a key.</summary>
    /// <param name="name">Its name, by the rule of <see cref="VersionNames"/>.</param>
    /// <param name="role">What it allows.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The key, which can't be shown again; or BadInput or AlreadyExists.</returns>
    public async Task<Outcome<string>> AddAsync(string name, ServerRole role, CancellationToken cancellationToken)
    {
        if (!VersionNames.IsValid(name)) return Refusal.BadInput($"'{name}' is no name of a key: use {VersionNames.Rule}");
        var (record, key) = ApiKey.Create(name, services.Time.GetUtcNow());
        var isNew = await services.ServerKeys.AddServerKeyAsync(
            new ServerKey(name, role, record.Sha256, record.CreatedAt), cancellationToken);
        return isNew ? key : Refusal.AlreadyExists($"there is a key '{name}' already: remove it first");
    }

    /// <summary>Removes a key. Servers refuse it within seconds.</summary>
    /// <returns>The name; or NotFound.</returns>
    public async Task<Outcome<string>> RemoveAsync(string name, CancellationToken cancellationToken) =>
        await services.ServerKeys.RemoveServerKeyAsync(name, cancellationToken) ? name : Refusal.NotFound($"there is no key '{name}'");
}
