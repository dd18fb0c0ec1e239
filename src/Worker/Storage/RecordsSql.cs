using Coinsphere.Messaging.Worker.MarketData.Postgres;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>What PostgreSQL and SQLite say differently. Everything else of the statements about records is the same text.</summary>
internal abstract class RecordsSql
{
    public static RecordsSql Postgres { get; } = new OfPostgres();

    public static RecordsSql Sqlite { get; } = new OfSqlite();

    /// <summary>The condition that a row of <c>tokens</c> has one of the names of a parameter, an array.</summary>
    public abstract string HasOneOf(string names);

    /// <summary>A parameter as a time: a text such as 2024-07-01, or null.</summary>
    public abstract string Time(string parameter);

    /// <summary>The milliseconds since 1970 of a column with an instant.</summary>
    public abstract string Milliseconds(string instant);

    /// <summary>The day of a column as a text such as 2024-07-01.</summary>
    public abstract string Day(string column);

    /// <summary>The day after that of a column.</summary>
    public abstract string NextDay(string column);

    private sealed class OfPostgres : RecordsSql
    {
        public override string HasOneOf(string names) => TokenSql.HasOneOf(names);

        public override string Time(string parameter) => $"cast({parameter} as timestamp)";

        public override string Milliseconds(string instant) => $"cast(extract(epoch from {instant}) * 1000 as bigint)";

        public override string Day(string column) => $"to_char(cast({column} as timestamp), 'YYYY-MM-DD')";

        public override string NextDay(string column) => $"{column} + interval '1 day'";
    }

    // Instants and days are texts, which compare as the times do.
    private sealed class OfSqlite : RecordsSql
    {
        // Dapper writes an array as a list in parentheses.
        public override string HasOneOf(string names) => $"{TokenSql.Name} in {names}";

        public override string Time(string parameter) => parameter;

        public override string Milliseconds(string instant) => $"cast(round((julianday({instant}) - julianday('1970-01-01')) * 86400000) as bigint)";

        public override string Day(string column) => $"date({column})";

        public override string NextDay(string column) => $"date({column}, '+1 day')";
    }
}
