using System.Text;

namespace Tenfold.App.Serving.Requests;

/// <summary>Reads comma-separated values, quoted as spreadsheets quote them (RFC 4180).</summary>
/// <param name="text">The text.</param>
internal sealed class CsvReader(TextReader text)
{
    private int _nextLine = 1;

    /// <summary>The line on which the record begins that was read last, from 1.</summary>
    public int Line { get; private set; }

    /// <summary>Reads the next record. Empty lines are skipped.</summary>
    /// <returns>The fields; null at the end.</returns>
    public List<string>? Read()
    {
        while (true)
        {
            Line = _nextLine;
            if (text.Peek() < 0) return null;
            if (ReadRecord() is { } fields && fields is not [""]) return fields;
        }
    }

    private List<string> ReadRecord()
    {
        var (fields, field) = (new List<string>(), new StringBuilder());
        var isQuoted = false;
        while (true)
        {
            var letter = text.Read();
            if (letter == '\n') _nextLine++;
            if (letter < 0 || (letter == '\n' && !isQuoted))
            {
                // Lines may end as on Windows.
                if (field.Length > 0 && field[^1] == '\r') field.Length--;
                fields.Add(field.ToString());
                return fields;
            }

            if (letter == '"' && isQuoted && text.Peek() == '"') field.Append((char)text.Read());
            else if (letter == '"' && (isQuoted || field.Length == 0)) isQuoted = !isQuoted;
            else if (letter == ',' && !isQuoted) fields.Add(Take(field));
            else field.Append((char)letter);
        }
    }

    private static string Take(StringBuilder field)
    {
        var taken = field.ToString();
        field.Clear();
        return taken;
    }
}
