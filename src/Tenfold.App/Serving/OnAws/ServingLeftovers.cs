using Tenfold.Core.Control;
using Tenfold.Core.Garbage;

namespace Tenfold.App.Serving.OnAws;

/// <summary>Finds services of ECS that belong to no version.</summary>
/// <param name="services">The services of this home.</param>
internal sealed class ServingLeftovers(Services services)
{
    /// <summary>Finds them.</summary>
    /// <param name="on"><see cref="ServingPlace.Default"/>, or a target of the project.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What can be removed, and what could not be searched. Without a stack of serving, nothing.</returns>
    public async Task<(IReadOnlyList<GarbageItem> Items, IReadOnlyList<ControlFault> Faults)> FindAsync(
        string on, CancellationToken cancellationToken)
    {
        if (!(await ServingPlace.OpenAsync(services, on, ".", cancellationToken)).Succeeded(out var place, out var refusal))
            return refusal.Kind is RefusalKind.NotFound or RefusalKind.BadInput ? ([], []) : ([], [Fault(on, refusal)]);
        // It stays open, since what is found is removed later.
        if (!(await new EcsVersions(place).FindLeftoversAsync(cancellationToken)).Succeeded(out var found, out refusal))
            return ([], [Fault(place.Stack, refusal)]);
        return ([.. found.Select(service => new GarbageItem(
            GarbageKind.Resource, $"aws {place.Region}", $"service {service.Name}", null, service.Why)
        {
            RemoveAsync = token => RemoveAsync(place, service.Name, token),
        })], []);
    }

    private static async Task RemoveAsync(ServingPlace place, string name, CancellationToken cancellationToken)
    {
        await place.Versions.RemoveLeftoverAsync(name, cancellationToken);
        await new VersionFiles(place, name).DeleteAsync(cancellationToken);
    }

    private static ControlFault Fault(string name, Refusal refusal) => new(ControlFaultKind.Target, $"aws {name}", refusal.Message);
}
