using System.Diagnostics.CodeAnalysis;

namespace Tenfold.Core.Outcomes;

/// <summary>The result of an operation that may be refused: a value, or the reason why there is none.</summary>
/// <typeparam name="T">The value's type.</typeparam>
/// <remarks>
/// Exceptions are bugs, cancellation or broken transport (<c>StoreException</c>, <c>TargetException</c>, <c>LedgerException</c>).
/// </remarks>
public sealed class Outcome<T>
    where T : notnull
{
    private readonly T? _value;
    private readonly Refusal? _refusal;

    internal Outcome(T? value, Refusal? refusal) => (_value, _refusal) = (value, refusal);

    /// <summary>Continues with the value or with the refusal.</summary>
    /// <typeparam name="TResult">What both continuations return.</typeparam>
    public TResult Match<TResult>(Func<T, TResult> value, Func<Refusal, TResult> refusal) =>
        _refusal is null ? value(_value!) : refusal(_refusal);

    /// <summary>Takes the outcome apart, for a chain of calls of which each may be refused.</summary>
    /// <param name="value">The value, when this returns true.</param>
    /// <param name="refusal">The refusal, when this returns false.</param>
    public bool Succeeded([MaybeNullWhen(false)] out T value, [MaybeNullWhen(true)] out Refusal refusal)
    {
        (value, refusal) = (_value, _refusal);
        return _refusal is null;
    }

    /// <summary>Converts a value to a successful outcome.</summary>
    public static implicit operator Outcome<T>(T value) => new(value, null);

    /// <summary>Converts a refusal to an outcome of any type.</summary>
    public static implicit operator Outcome<T>(Refusal refusal) => new(default, refusal);
}

/// <summary>Creates outcomes where C# does not convert implicitly.</summary>
public static class Outcome
{
    /// <summary>
    /// Creates a successful outcome from a value whose type is an interface: C# has no implicit conversions from interfaces.
    /// </summary>
    public static Outcome<T> Of<T>(T value)
        where T : notnull => new(value, null);
}
