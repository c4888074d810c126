using Tenfold.App.Costs;

namespace Tenfold.App.Views;

// The shapes of --json; docs/json.md describes every field. Programs read them: a field may be added, never changed or removed.
#pragma warning disable MA0048

/// <summary>What machines have cost, in <c>cost</c>.</summary>
public sealed record CostView(DateTimeOffset Since, string By, decimal Usd, double UnpricedHours, IReadOnlyList<CostRowView> Rows)
{
    /// <summary>The view of a report.</summary>
    public static CostView Of(DateTimeOffset since, CostKey by, IReadOnlyList<CostRow> rows) => new(
        since, by.ToString().ToLowerInvariant(), rows.Sum(row => row.Usd), rows.Sum(row => row.UnpricedTime.TotalHours),
        [.. rows.Select(row => new CostRowView(
            row.Key, row.Runs, row.MachineTime.TotalHours, row.Usd, row.UnpricedTime.TotalHours))]);
}

/// <summary>What the machines of a project, a target or a user have cost.</summary>
public sealed record CostRowView(string Key, int Runs, double MachineHours, decimal Usd, double UnpricedHours);

/// <summary>What the machines of a group cost; only of groups whose price is known.</summary>
public sealed record GroupCostView(decimal UsdPerHour, decimal? MaxUsd, decimal? Usd, double? MachineHours);
