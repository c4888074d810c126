using Tenfold.Core.Outcomes;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;

namespace Tenfold.Core.Targets;

/// <summary>A kind of target: plans a target from <c>tenfold.yaml</c>, and opens it again from a group's record.</summary>
public interface ITargetKind
{
    /// <summary>
    /// The kind's word and options. A kind also has them as a static member, because <c>tenfold.yaml</c> is read before a kind is made.
    /// </summary>
    TargetKindDeclaration Declaration { get; }

    /// <summary>Plans where and how a group runs, and checks what can be checked before anything is recorded.</summary>
    /// <param name="settings">The target from <c>tenfold.yaml</c>.</param>
    /// <param name="store">The store in which its agents will report.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>
    /// The target as a group records it; or a refusal that names every fault which is cheap to find: wrong options, a store that the
    /// target's machines can't use, or a backend that is not set up.
    /// </returns>
    /// <exception cref="TargetException">The backend does not answer.</exception>
    Task<Outcome<TargetSpec>> PlanAsync(TargetSettings settings, IStore store, CancellationToken cancellationToken);

    /// <summary>
    /// Opens the target of a group's record. A place and a store always have one target, which lives as long as the process: it must not
    /// keep credentials, partitions or other facts that expire, see <see cref="ITarget"/>.
    /// </summary>
    /// <returns>
    /// Null when another machine or user controls the place: nothing may be concluded from what this machine sees.
    /// </returns>
    /// <exception cref="TargetException">The backend does not answer now. The failure isn't cached: the next round tries again.</exception>
    Task<ITarget?> OpenAsync(TargetSpec spec, IStore store, CancellationToken cancellationToken);
}

/// <summary>
/// A kind of target whose machines can't read a folder of this machine. It has a store for projects that name none.
/// </summary>
public interface IProvidesStore
{
    /// <summary>Finds the store of a target.</summary>
    /// <param name="settings">The target from <c>tenfold.yaml</c>.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The store's URL, which the group records; or a refusal: the options are wrong, or the target has no such store.</returns>
    /// <exception cref="TargetException">The backend does not answer.</exception>
    Task<Outcome<string>> FindStoreAsync(TargetSettings settings, CancellationToken cancellationToken);
}
