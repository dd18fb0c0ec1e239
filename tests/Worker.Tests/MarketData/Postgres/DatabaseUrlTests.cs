using Coinsphere.Messaging.Worker.MarketData.Postgres;
using Npgsql;

namespace Coinsphere.Messaging.Worker.Tests.MarketData.Postgres;

public class DatabaseUrlTests
{
    [Theory]
    [InlineData("postgresql://me:s3cret@db.example:6432/coins", "db.example", 6432, "coins", "me", "s3cret")]
    [InlineData("postgres://me:p%40ss%2Fw%3Ard%25@db/coins", "db", 5432, "coins", "me", "p@ss/w:rd%")]
    [InlineData("postgresql+asyncpg://m%65:a:b@db/co%20ins", "db", 5432, "co ins", "me", "a:b")]
    [InlineData("postgresql://db/coins", "db", 5432, "coins", null, null)]
    [InlineData("postgresql://me@[::1]:5433/coins", "::1", 5433, "coins", "me", null)]
    [InlineData("Host=db;Port=1234;Database=coins;Username=me;Password=s;", "db", 1234, "coins", "me", "s")]
    public void Forms_AreConverted(string text, string host, int port, string database, string? user, string? password)
    {
        Assert.True(DatabaseUrl.TryConvert(text, out var connection, out _));

        Assert.Equal((host, port, database, user, password), (connection.Host, connection.Port, connection.Database, connection.Username, connection.Password));
    }

    [Fact]
    public void Parameters_AreConverted()
    {
        const string url = "postgresql://db/coins?sslmode=verify-full&schema=public&connect_timeout=3&connection_limit=7";
        Assert.True(DatabaseUrl.TryConvert(url, out var connection, out _));

        Assert.Equal((SslMode.VerifyFull, "public", 3, 7), (connection.SslMode, connection.SearchPath, connection.Timeout, connection.MaxPoolSize));
    }

    [Theory]
    [InlineData("mysql://me:s3cret@db/coins")]
    [InlineData("postgresql://me:s3cret@db:notaport/coins")]
    [InlineData("postgresql://me:s3cret@/coins")]
    [InlineData("postgresql://me:s3cret@db")]
    [InlineData("postgresql://me:s3#cret@db/coins")]
    [InlineData("postgresql://me:s3cret@db/coins?sslmode=sometimes")]
    [InlineData("postgresql://me:s3cret@db/coins?password=s3cret")]
    [InlineData("postgresql://me:s3cret@db/coins?connect_timeout=s3cret")]
    [InlineData("s3cret")]
    [InlineData("Password=s3cret;s3cret=1")]
    [InlineData("Password=s3cret;Database=coins")]
    [InlineData("Host=db;Port=s3cret")]
    public void OtherTexts_AreRefusedWithoutRepeatingThem(string text)
    {
        Assert.False(DatabaseUrl.TryConvert(text, out _, out var fault));

        Assert.NotEmpty(fault);
        Assert.DoesNotContain("s3", fault, StringComparison.Ordinal);
    }
}
