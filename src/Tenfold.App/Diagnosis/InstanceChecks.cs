using Tenfold.App.Targets;
using Tenfold.Core.Targets;
using Tenfold.Targets.Pool;
using Tenfold.Targets.Pool.Instances;

namespace Tenfold.App.Diagnosis;

/// <summary>Checks the instances that a target lists for a pool.</summary>
internal static class InstanceChecks
{
    /// <summary>Runs the checks.</summary>
    /// <exception cref="TargetException">The cloud does not answer.</exception>
    public static async Task<IReadOnlyList<Check>> RunAsync(
        PlannedTarget planned, string project, Services services, CancellationToken cancellationToken)
    {
        var found = PoolKind.FindList(planned.Settings, project, planned.Store.Url, services.PoolCloud);
        if (!found.Succeeded(out var lists, out _) || lists is not [var list]) return [];
        return
        [
            .. (await InstanceAccess.CheckAsync(list, services.PoolCloud.Open(list.Region), cancellationToken)).Select(check =>
            {
                var what = $"target {planned.Name}: {check.What}";
                return check.Fix is null ? Check.Ok(what, check.Detail) : Check.Wrong(what, check.Detail, check.Fix);
            }),
        ];
    }
}
