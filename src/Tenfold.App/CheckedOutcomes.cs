using Tenfold.Core.Input;

namespace Tenfold.App;

/// <summary>Turns checked input into outcomes.</summary>
internal static class CheckedOutcomes
{
    /// <summary>The value; or BadInput with every fault, one per line.</summary>
    public static Outcome<T> ToOutcome<T>(this Checked<T> input)
        where T : class =>
        input.Match<Outcome<T>>(value => value, faults => BadInput([.. faults.Select(fault => fault.ToString())]));

    /// <summary>One refusal for several faults.</summary>
    /// <param name="faults">The faults, at least one.</param>
    public static Refusal BadInput(IReadOnlyList<string> faults) =>
        Refusal.BadInput(faults.Count == 1 ? faults[0] : $"{faults.Count} faults\n  {string.Join("\n  ", faults)}");
}
