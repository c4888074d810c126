using Tenfold.App.Targets;
using Tenfold.Projects;
using Tenfold.Targets.Pool;
using Tenfold.Targets.Pool.Instances;

namespace Tenfold.App.Pools;

/// <summary>
/// Finds the instances of a pool: those that the project in the working folder lists, and those of runs that this home has submitted.
/// </summary>
/// <param name="services">The services of this home.</param>
internal sealed class InstanceFinder(Services services)
{
    /// <summary>Finds them.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="store">The URL of its store.</param>
    /// <returns>The lists; or a refusal: the project or the home's record can't be read.</returns>
    public Outcome<IReadOnlyList<InstanceList>> Find(string pool, string store)
    {
        if (!OfProject(store).Succeeded(out var own, out var refusal)) return refusal;
        try
        {
            var mine = own.Where(list => list.Pool == pool).ToList();
            // What the project lists now replaces what it listed when its runs were submitted.
            var names = mine.Select(list => list.Name).ToHashSet();
            var recorded = services.PoolCloud.Book.Read().Where(list => (list.Pool, list.Store) == (pool, store));
            return Outcome.Of<IReadOnlyList<InstanceList>>([.. mine, .. recorded.Where(list => !names.Contains(list.Name))]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Refusal.CannotWrite(e.Message);
        }
    }

    private Outcome<IReadOnlyList<InstanceList>> OfProject(string store)
    {
        if (ProjectFinder.Find(services.Session.WorkingFolder ?? ".") is not { } file) return Outcome.Of<IReadOnlyList<InstanceList>>([]);
        if (!services.Projects.Open(Path.GetDirectoryName(file)!).ToOutcome().Succeeded(out var located, out var refusal)) return refusal;
        var found = new List<InstanceList>();
        foreach (var (name, settings) in located.Project.Targets)
        {
            if (settings.Kind != PoolKind.Declaration.Kind) continue;
            if (!TargetFiles.Read(PoolKind.Declaration, settings with { Name = name }, located.Folder).Succeeded(out var whole, out refusal)
                || !PoolKind.FindList(whole, located.Project.Name, store, services.PoolCloud).Succeeded(out var lists, out refusal))
                return refusal;
            found.AddRange(lists);
        }

        return Outcome.Of<IReadOnlyList<InstanceList>>(found);
    }
}
