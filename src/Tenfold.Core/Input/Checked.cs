namespace Tenfold.Core.Input;

/// <summary>The result of checking a user's input: a value, or all faults.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
public sealed record Checked<T>
    where T : class
{
    private Checked(T? value, IReadOnlyList<Fault> faults) => (Value, Faults) = (value, faults);

    /// <summary>The value; null when there are faults.</summary>
    public T? Value { get; }

    /// <summary>All faults, in the order of the file; empty when there is a value.</summary>
    public IReadOnlyList<Fault> Faults { get; }

    /// <summary>Continues with the value or with the faults.</summary>
    public TResult Match<TResult>(Func<T, TResult> value, Func<IReadOnlyList<Fault>, TResult> faults) =>
        Value is null ? faults(Faults) : value(Value);

    /// <summary>A value without faults.</summary>
    public static Checked<T> Of(T value) => new(value, []);

    /// <summary>Faults, at least one.</summary>
    public static Checked<T> Of(IReadOnlyList<Fault> faults) => new(null, faults);

    /// <summary>One fault.</summary>
    public static Checked<T> Of(Fault fault) => new(null, [fault]);
}
