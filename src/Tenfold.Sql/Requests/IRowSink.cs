namespace Tenfold.Sql.Requests;

/// <summary>Takes the values of a row in the order of its columns.</summary>
internal interface IRowSink
{
    /// <summary>Takes an id; null for NULL.</summary>
    void Id(Guid? value);

    /// <summary>Takes a number; null for NULL.</summary>
    void Number(long? value);

    /// <summary>Takes a text; null for NULL.</summary>
    void Text(string? value);

    /// <summary>Takes JSON text in UTF-8; empty for NULL.</summary>
    void Json(ReadOnlyMemory<byte> value);

    /// <summary>Takes bytes; empty for NULL.</summary>
    void Bytes(ReadOnlyMemory<byte> value);
}
