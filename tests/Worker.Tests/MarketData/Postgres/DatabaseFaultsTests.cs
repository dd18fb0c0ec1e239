using System.Net.Sockets;
using Coinsphere.Messaging.Worker.MarketData.Postgres;
using Npgsql;

namespace Coinsphere.Messaging.Worker.Tests.MarketData.Postgres;

/// <summary>What waits for the database, and what is a message's own fault.</summary>
public sealed class DatabaseFaultsTests
{
    public static TheoryData<Exception> OfTheDriver { get; } =
    [
        new DatabaseUnavailableException(), new NpgsqlException("Failed to connect", new SocketException(111)), new NpgsqlException(
            "Exception while reading from stream",
            new TimeoutException()),
        new NpgsqlException("No password has been provided"), new SocketException(11), new IOException("broken pipe"), new TimeoutException(),
    ];

    [Theory]
    [InlineData("08006")] // connection_failure
    [InlineData("08P01")] // what poolers say of their own
    [InlineData("25006")] // read_only_sql_transaction
    [InlineData("25P03")] // idle_in_transaction_session_timeout
    [InlineData("28000")] // invalid_authorization_specification
    [InlineData("28P01")] // invalid_password
    [InlineData("3D000")] // invalid_catalog_name
    [InlineData("3F000")] // invalid_schema_name
    [InlineData("40001")] // serialization_failure
    [InlineData("40P01")] // deadlock_detected
    [InlineData("42501")] // insufficient_privilege
    [InlineData("42P01")] // undefined_table
    [InlineData("53100")] // disk_full
    [InlineData("53200")] // out_of_memory
    [InlineData("53300")] // too_many_connections
    [InlineData("53400")] // configuration_limit_exceeded
    [InlineData("55P03")] // lock_not_available
    [InlineData("57014")] // query_canceled
    [InlineData("57P01")] // admin_shutdown
    [InlineData("57P03")] // cannot_connect_now
    [InlineData("57P05")] // idle_session_timeout
    [InlineData("58030")] // io_error
    [InlineData("XX001")] // data_corrupted
    public void ServerThatTakesNoRows_IsWaitedFor(string state) => Assert.True(DatabaseFaults.IsUnwritable(Told(state)));

    [Theory]
    [InlineData("21000")] // cardinality_violation
    [InlineData("22003")] // numeric_value_out_of_range
    [InlineData("22P02")] // invalid_text_representation
    [InlineData("23502")] // not_null_violation
    [InlineData("23505")] // unique_violation
    [InlineData("25P02")] // in_failed_sql_transaction
    [InlineData("42601")] // syntax_error
    [InlineData("42703")] // undefined_column
    [InlineData("54000")] // program_limit_exceeded
    [InlineData("P0001")] // raise_exception of a trigger
    [InlineData("XX000")] // internal_error
    public void RowThatIsAtFault_IsNot(string state) => Assert.False(DatabaseFaults.IsUnwritable(Told(state)));

    [Theory]
    [MemberData(nameof(OfTheDriver))]
    public void DriverWithoutAServer_IsWaitedFor(Exception fault) => Assert.True(DatabaseFaults.IsUnwritable(fault));

    [Fact]
    public void FaultOfTheProgram_IsNot() => Assert.False(DatabaseFaults.IsUnwritable(new ArgumentException("it lacks a value")));

    private static PostgresException Told(string state) => new("told", "ERROR", "ERROR", state);
}
