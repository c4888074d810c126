using Tenfold.Core.Output;

namespace Tenfold.Agent.Output;

/// <summary>Handles an update that counts.</summary>
/// <param name="text">The update.</param>
/// <param name="isRewritten">True when it is one of several on its line.</param>
public delegate void SampledHandler(ReadOnlySpan<byte> text, bool isRewritten);

/// <summary>
/// Bounds how much a line that is rewritten without end may record: all of its first <see cref="AllUpTo"/> updates count, then every
/// second, then every fourth, and so on. The last update of a line always counts.
/// </summary>
/// <remarks>Which updates count follows from the output alone, and not from the clock: equal outputs give equal metrics.</remarks>
public sealed class RewriteSampler
{
    /// <summary>The number of updates of one line that all count.</summary>
    public const int AllUpTo = 100_000;

    private byte[] _skipped = [];
    private long _seen, _stride = 1;

    /// <summary>True when updates of the present line were skipped.</summary>
    public bool HasSkipped => _stride > 1;

    /// <summary>Takes an update, and calls <paramref name="record"/> for each that counts.</summary>
    public void Take(ReadOnlySpan<byte> text, UpdateEnd end, SampledHandler record)
    {
        var isBlank = text.Trim(" \t"u8).IsEmpty;
        if (end == UpdateEnd.Rewritten)
        {
            if (isBlank) return;
            if (++_seen >= AllUpTo * _stride) _stride *= 2;
            var counts = _seen % _stride == 0;
            if (counts) record(text, isRewritten: true);
            _skipped = counts ? [] : text.ToArray();
            return;
        }

        if (_skipped.Length > 0) record(_skipped, isRewritten: true);
        if (!isBlank) record(text, isRewritten: _seen > 0);
        (_skipped, _seen, _stride) = ([], 0, 1);
    }
}
