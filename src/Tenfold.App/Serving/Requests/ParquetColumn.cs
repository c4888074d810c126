using Parquet;
using Parquet.Schema;

namespace Tenfold.App.Serving.Requests;

/// <summary>A column of an exported table, with the values of the row group that is collected.</summary>
/// <typeparam name="TRow">The type of a row.</typeparam>
/// <param name="field">The column's name and type.</param>
internal abstract class ParquetColumn<TRow>(DataField field)
{
    /// <summary>The column's name and type.</summary>
    public DataField Field { get; } = field;

    /// <summary>Adds a row's value.</summary>
    public abstract void Add(TRow row);

    /// <summary>Writes the collected values as the next column of a row group, and forgets them.</summary>
    public abstract Task WriteAsync(ParquetRowGroupWriter group, CancellationToken cancellationToken);
}

/// <summary>A column of texts.</summary>
/// <typeparam name="TRow">The type of a row.</typeparam>
/// <param name="name">The column's name.</param>
/// <param name="read">Reads a row's value.</param>
internal sealed class ParquetTexts<TRow>(string name, Func<TRow, string?> read) : ParquetColumn<TRow>(new DataField<string>(name))
{
    private readonly List<string?> _values = [];

    /// <inheritdoc/>
    public override void Add(TRow row) => _values.Add(read(row));

    /// <inheritdoc/>
    public override async Task WriteAsync(ParquetRowGroupWriter group, CancellationToken cancellationToken)
    {
        await group.WriteAsync(Field, _values!);
        _values.Clear();
    }
}

/// <summary>A column of bytes.</summary>
/// <typeparam name="TRow">The type of a row.</typeparam>
/// <param name="name">The column's name.</param>
/// <param name="read">Reads a row's value.</param>
internal sealed class ParquetBytes<TRow>(string name, Func<TRow, byte[]?> read) : ParquetColumn<TRow>(new DataField<byte[]>(name))
{
    private readonly List<byte[]?> _values = [];

    /// <inheritdoc/>
    public override void Add(TRow row) => _values.Add(read(row));

    /// <inheritdoc/>
    public override async Task WriteAsync(ParquetRowGroupWriter group, CancellationToken cancellationToken)
    {
        await group.WriteAsync(Field, _values!);
        _values.Clear();
    }
}

/// <summary>A column of numbers or truth values, which may be missing.</summary>
/// <typeparam name="TRow">The type of a row.</typeparam>
/// <typeparam name="TValue">The type of a value.</typeparam>
/// <param name="name">The column's name.</param>
/// <param name="read">Reads a row's value.</param>
internal sealed class ParquetNumbers<TRow, TValue>(string name, Func<TRow, TValue?> read)
    : ParquetColumn<TRow>(new DataField<TValue?>(name))
    where TValue : struct
{
    private readonly List<TValue?> _values = [];

    /// <inheritdoc/>
    public override void Add(TRow row) => _values.Add(read(row));

    /// <inheritdoc/>
    public override async Task WriteAsync(ParquetRowGroupWriter group, CancellationToken cancellationToken)
    {
        await group.WriteAsync<TValue>(Field, _values.ToArray(), cancellationToken: cancellationToken);
        _values.Clear();
    }
}

/// <summary>A column of times in milliseconds, marked as UTC.</summary>
/// <typeparam name="TRow">The type of a row.</typeparam>
/// <param name="name">The column's name.</param>
/// <param name="read">Reads a row's value.</param>
internal sealed class ParquetTimes<TRow>(string name, Func<TRow, DateTimeOffset> read) : ParquetColumn<TRow>(
    new DateTimeDataField(
        name, DateTimeFormat.Timestamp, isAdjustedToUTC: true, unit: DateTimeTimeUnit.Millis, isNullable: false))
{
    private readonly List<DateTime> _values = [];

    /// <inheritdoc/>
    public override void Add(TRow row) => _values.Add(read(row).UtcDateTime);

    /// <inheritdoc/>
    public override async Task WriteAsync(ParquetRowGroupWriter group, CancellationToken cancellationToken)
    {
        await group.WriteAsync<DateTime>(Field, _values.ToArray(), cancellationToken: cancellationToken);
        _values.Clear();
    }
}
