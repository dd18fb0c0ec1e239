using Coinsphere.Messaging.Worker.MarketData.Postgres;
using FsCheck;
using FsCheck.Fluent;
using Npgsql;

namespace Coinsphere.Messaging.Worker.Tests.MarketData.Postgres;

public sealed class DatabaseUrlTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("urls").FullName;

    private string File => CreateFile("ca.pem");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("postgresql://me:s3cret@db.example:6432/coins", "db.example", 6432, "coins", "me", "s3cret")]
    [InlineData("postgres://me:p%40ss%2Fw%3Ard%25@db/coins", "db", 5432, "coins", "me", "p@ss/w:rd%")]
    [InlineData("postgresql+asyncpg://m%65:a:b@db/co%20ins", "db", 5432, "co ins", "me", "a:b")]
    [InlineData("postgresql+psycopg2://me:p@ss@db/coins", "db", 5432, "coins", "me", "p@ss")]
    [InlineData("postgresql://db/coins", "db", 5432, "coins", null, null)]
    [InlineData("postgresql://me@[::1]:5433/coins", "::1", 5433, "coins", "me", null)]
    [InlineData("postgresql://me:@db/coins", "db", 5432, "coins", "me", null)]
    [InlineData("postgresql://me:s3cret@db", "db", 5432, "me", "me", "s3cret")]
    [InlineData("postgresql://me@db:1234/?application_name=x", "db", 1234, "me", "me", null)]
    [InlineData("POSTGRESQL://me@db/coins/", "db", 5432, "coins", "me", null)]
    [InlineData("jdbc:postgresql://db:1234/coins?user=me&password=s%263", "db", 1234, "coins", "me", "s&3")]
    [InlineData("postgresql:///coins?host=db&port=1234&user=me", "db", 1234, "coins", "me", null)]
    [InlineData("postgresql://me@/coins?host=/var/run/postgresql", "/var/run/postgresql", 5432, "coins", "me", null)]
    [InlineData("postgresql://me:pw@%2Fvar%2Frun%2Fpostgresql/coins", "/var/run/postgresql", 5432, "coins", "me", "pw")]
    [InlineData("postgresql://me:pw@%2Fvar%2Frun:5433/coins", "/var/run", 5433, "coins", "me", "pw")]
    [InlineData("postgresql://me@/coins?host=/cloudsql/project:region:instance", "/cloudsql/project:region:instance", 5432, "coins", "me", null)]
    [InlineData("host=db port=1234 dbname=coins user=me password='s;3 \\'x\\\\'", "db", 1234, "coins", "me", "s;3 'x\\")]
    [InlineData("  host = /tmp   dbname = coins ", "/tmp", 5432, "coins", null, null)]
    [InlineData("host=db user=me", "db", 5432, "me", "me", null)]
    [InlineData("hostaddr=10.0.0.1 user=me", "10.0.0.1", 5432, "me", "me", null)]
    [InlineData("Host=db;Port=1234;Database=coins;Username=me;Password=s;", "db", 1234, "coins", "me", "s")]
    [InlineData("host=db;port=1234;database=coins;user id=me;password=a://b", "db", 1234, "coins", "me", "a://b")]
    [InlineData("Server=db;Database=coins", "db", 5432, "coins", null, null)]
    public void Forms_AreConverted(string text, string host, int port, string database, string? user, string? password)
    {
        var connection = Convert(text);

        Assert.Equal((host, port, database, user, password), (connection.Host, connection.Port, connection.Database, connection.Username, connection.Password));
    }

    [Theory]
    [InlineData("postgresql://me@h1:1,h2:2/coins", "h1:1,h2:2")]
    [InlineData("postgresql://me@h1,h2/coins", "h1:5432,h2:5432")]
    [InlineData("postgresql://me@h1,h2:2/coins?port=7", "h1:7,h2:2")]
    [InlineData("postgresql://me@[::1]:1,[::2]/coins", "[::1]:1,[::2]:5432")]
    [InlineData("postgresql:///coins?user=me&host=h1,h2&port=1,2", "h1:1,h2:2")]
    [InlineData("jdbc:postgresql://h1:1,h2:2/coins?user=me", "h1:1,h2:2")]
    [InlineData("host=h1,h2 port=1,2 dbname=coins", "h1:1,h2:2")]
    public void SeveralHosts_AreTriedPrimaryFirst(string text, string hosts)
    {
        var connection = Convert(text);

        Assert.Equal((hosts, "prefer-primary"), (connection.Host, connection.TargetSessionAttributes));
        Assert.Equal(hosts, DatabaseUrl.Server(connection));
    }

    [Theory]
    [InlineData("target_session_attrs=any", "any")]
    [InlineData("target_session_attrs=read-write", "read-write")]
    [InlineData("target_session_attrs=read-only", "read-only")]
    [InlineData("target_session_attrs=primary", "primary")]
    [InlineData("target_session_attrs=standby", "standby")]
    [InlineData("target_session_attrs=prefer-standby", "prefer-standby")]
    [InlineData("targetServerType=master", "primary")]
    [InlineData("targetServerType=slave", "standby")]
    [InlineData("targetServerType=preferSecondary", "prefer-standby")]
    [InlineData("targetServerType=preferPrimary", "prefer-primary")]
    public void RoleOfSeveralHosts_IsTheOneAskedFor(string query, string role)
    {
        var connection = Convert($"postgresql://me@h1,h2/coins?{query}");

        Assert.Equal(role, connection.TargetSessionAttributes);
        AssertBuilds(connection);
    }

    [Theory]
    [InlineData("postgresql://me@db/coins", "db:5432")]
    [InlineData("postgresql://me@/coins?host=/tmp&port=1234", "/tmp/.s.PGSQL.1234")]
    public void Server_IsNamedForPeople(string text, string server) => Assert.Equal(server, DatabaseUrl.Server(Convert(text)));

    [Fact]
    public void Parameters_AreConverted()
    {
        var connection = Convert("postgresql://db/coins?sslmode=verify-full&schema=public&connect_timeout=3&connection_limit=7");

        Assert.Equal((SslMode.VerifyFull, "public", 3, 7), (connection.SslMode, connection.SearchPath, connection.Timeout, connection.MaxPoolSize));
    }

    // as hosts, poolers and libraries print them
    [Theory]
    [InlineData("sslmode=disable", "SSL Mode=Disable")]
    [InlineData("sslmode=allow", "SSL Mode=Allow")]
    [InlineData("sslmode=prefer", "SSL Mode=Prefer")]
    [InlineData("sslmode=require", "SSL Mode=Require")]
    [InlineData("sslmode=no-verify", "SSL Mode=Require")]
    [InlineData("sslmode=verify-ca", "SSL Mode=VerifyCA")]
    [InlineData("ssl=true", "SSL Mode=VerifyFull")]
    [InlineData("ssl=false", "SSL Mode=Disable")]
    [InlineData("ssl=require", "SSL Mode=Require")]
    [InlineData("ssl=true&sslmode=require", "SSL Mode=Require")]
    [InlineData("ssl=true&sslfactory=org.postgresql.ssl.NonValidatingFactory", "SSL Mode=Require")]
    [InlineData("sslmode=require&sslaccept=strict", "SSL Mode=VerifyFull")]
    [InlineData("sslmode=require&sslaccept=accept_invalid_certs", "SSL Mode=Require")]
    [InlineData("sslrootcert=system", "SSL Mode=VerifyFull")]
    [InlineData("sslmode=require&channel_binding=require", "SSL Mode=Require;Channel Binding=Require")]
    [InlineData("gssencmode=disable", "GSS Encryption Mode=Disable")]
    [InlineData("sslmode=require&sslnegotiation=direct", "SSL Mode=Require;SSL Negotiation=Direct")]
    [InlineData("application_name=my%20app", "Application Name=my app")]
    [InlineData("ApplicationName=x", "Application Name=x")]
    [InlineData("fallback_application_name=y&application_name=x", "Application Name=x")]
    [InlineData("fallback_application_name=y", "Application Name=y")]
    [InlineData("connect_timeout=0", "Timeout=0")]
    [InlineData("connect_timeout=-1", "Timeout=0")]
    [InlineData("connectTimeout=99999", "Timeout=1024")]
    [InlineData("socketTimeout=20", "Command Timeout=20")]
    [InlineData("options=-c%20search_path%3Dx", "Options=\"-c search_path=x\"")]
    [InlineData("sslmode=require&options=endpoint%3Dep-cool-1", "SSL Mode=Require;Options=\"endpoint=ep-cool-1\"")]
    [InlineData("options=-c%20a%3D1&statement_timeout=5000", "Options=\"-c a=1 -c statement_timeout=5000\"")]
    [InlineData("statement_timeout=5000", "Options=\"-c statement_timeout=5000\"")]
    [InlineData("currentSchema=a", "Search Path=a")]
    [InlineData("pgbouncer=true&connection_limit=1", "Maximum Pool Size=1;Max Auto Prepare=0;No Reset On Close=True")]
    [InlineData("pgbouncer=false", "")]
    [InlineData("pool_timeout=0", "")]
    [InlineData("connection_limit=5&pool_timeout=10&socket_timeout=3", "Maximum Pool Size=5;Command Timeout=3")]
    [InlineData("statement_cache_size=0", "Max Auto Prepare=0")]
    [InlineData("statement-cache-capacity=100", "Max Auto Prepare=100")]
    [InlineData("prepared_statements=false", "Max Auto Prepare=0")]
    [InlineData("prepared_statements=true", "")]
    [InlineData("prepareThreshold=0", "Max Auto Prepare=0")]
    [InlineData("default_query_exec_mode=simple_protocol&pool_max_conns=4", "Max Auto Prepare=0;Maximum Pool Size=4")]
    [InlineData("pool=5", "Maximum Pool Size=5")]
    [InlineData("target_session_attrs=read-write", "")]
    [InlineData("load_balance_hosts=random", "Load Balance Hosts=True")]
    [InlineData("load_balance_hosts=disable", "")]
    [InlineData(
        "keepalives=1&keepalives_idle=30&keepalives_interval=10&keepalives_count=3", "TCP Keepalive=True;TCP Keepalive Time=30;TCP Keepalive Interval=10")]
    [InlineData("keepalives=0&tcp_user_timeout=1000", "TCP Keepalive=False")]
    [InlineData("tcpKeepAlive=true&reWriteBatchedInserts=true&stringtype=unspecified", "TCP Keepalive=True")]
    [InlineData("serverVersion=16&charset=utf8", "")]
    [InlineData("sslmode=require&supa=base-pooler.x", "SSL Mode=Require")]
    [InlineData("timezone=UTC&client_encoding=UTF8&ssl_min_protocol_version=TLSv1.2", "")]
    [InlineData("require_auth=scram-sha-256", "Require Auth=ScramSHA256")]
    [InlineData("require_auth=!password,!md5", "Require Auth=\"!Password,!MD5\"")]
    [InlineData("krbsrvname=x&passfile=/a/b", "Kerberos Service Name=x;Passfile=/a/b")]
    [InlineData("", "")]
    [InlineData("&&", "")]
    public void ParametersOfOthers_AreNpgsqls(string query, string expected)
    {
        var connection = Convert($"postgresql://me@db/coins?{query}");
        var wanted = new NpgsqlConnectionStringBuilder(expected) { Host = "db", Port = 5432, Username = "me", Database = "coins" };

        Assert.True(wanted.EquivalentTo(connection), $"expected {wanted}, was {connection}");
        AssertBuilds(connection);
    }

    [Fact]
    public void Certificates_AreFiles()
    {
        var (key, certificate, identity) = (CreateFile("client.key"), CreateFile("client.crt"), CreateFile("client.p12"));

        var verified = Convert($"postgresql://me@db/c?sslmode=verify-full&sslrootcert={File}&sslcert={certificate}&sslkey={key}&sslpassword=s3");
        var required = Convert($"postgresql://me@db/c?sslmode=require&sslrootcert={File}&sslidentity={identity}");

        Assert.Equal(
            (SslMode.VerifyFull, File, certificate, key, "s3"),
            (verified.SslMode, verified.RootCertificate, verified.SslCertificate, verified.SslKey, verified.SslPassword));
        // libpq verifies the authority as soon as there is a root certificate
        Assert.Equal((SslMode.VerifyCA, identity), (required.SslMode, required.SslCertificate));
    }

    [Theory]
    [InlineData("sslmode=sometimes", "its sslmode is not one of disable, allow, prefer, require, verify-ca, verify-full")]
    [InlineData("sslmode=require&sslrootcert=/nowhere/s3.pem", "its sslrootcert names a file that does not exist here")]
    [InlineData("sslmode=require&sslrootcert=system", "its sslrootcert=system needs sslmode=verify-full")]
    [InlineData("sslcert=/s3.pem", "its sslcert has no sslkey: a client's certificate needs one, and the server's authority is sslrootcert")]
    [InlineData("sslcrl=s3", "it has the parameter sslcrl; Npgsql does not do that: leave it out")]
    [InlineData("sslfactory=s3", "its sslfactory is a class of Java")]
    [InlineData("channel_binding=s3", "its channel_binding is not one of disable, prefer, require")]
    [InlineData("require_auth=s3", "its require_auth has a method that is not one of")]
    [InlineData("service=s3", "it has the parameter service; the service file of libpq is not read")]
    [InlineData("replication=database", "it has the parameter replication")]
    [InlineData("target_session_attrs=s3", "its target_session_attrs is not one of")]
    [InlineData("client_encoding=latin1", "its client_encoding is not utf8")]
    [InlineData("TimeZone=Europe/Berlin", "its timezone is not UTC")]
    [InlineData("connection_limit=0", "its connection_limit is not a whole number from 1 to 1024")]
    [InlineData("connect_timeout=s3cret", "its connect_timeout is not a whole number")]
    [InlineData("pgbouncer=s3", "its pgbouncer is neither true nor false")]
    [InlineData("host=other", "it names hosts before the database and in the parameter host")]
    [InlineData("hostaddr=10.0.0.1&host=s3", "it names hosts before the database")]
    [InlineData("password=s3other", "it has two values of password, expected one")]
    [InlineData("user=s3", "it has two values of user, expected one")]
    [InlineData("sslmode=require&sslmode=disable", "one of its parameters is there twice")]
    [InlineData("port=1,2", "it has 2 ports for 1 hosts")]
    [InlineData("s3=1", "it has a parameter that is not known")]
    [InlineData("a=%s3", "a % in its parameters is not followed by two hexadecimal digits")]
    [InlineData("application_name=%00", "its parameters contains a zero character")]
    public void ParametersThatNpgsqlCannotHonour_AreRefusedByName(string query, string because)
    {
        Assert.False(DatabaseUrl.TryConvert($"postgresql://me:s3cret@db/coins?{query}", out _, out var fault));

        Assert.Contains(because, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("s3", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mysql://me:s3cret@db/coins")]
    [InlineData("jdbc:mysql://me:s3cret@db/coins")]
    [InlineData("jdbc:postgresql:s3coins")]
    [InlineData("postgresql://me:s3cret@db:notaport/coins")]
    [InlineData("postgresql://me:s3cret@db:65536/coins")]
    [InlineData("postgresql://me:s3cret@/coins")]
    [InlineData("postgresql://db")]
    [InlineData("postgresql://me:s3/cret@db/coins")]
    [InlineData("postgresql://me:s3?cret@db/coins")]
    [InlineData("postgresql://me:s3%cret@db/coins")]
    [InlineData("postgresql://me:s3cret@::1/coins")]
    [InlineData("postgresql://me:s3cret@h1,,h2/coins")]
    [InlineData("postgresql://me:s3#cret@db/coins")]
    [InlineData("postgresql://me:s3cret@db/coins?sslmode=sometimes")]
    [InlineData("postgresql://me:s3cret@db/coins?password=s3cret&password=s3")]
    [InlineData("postgresql://me:s3cret@db/coins?connect_timeout=s3cret")]
    [InlineData("host=db password='s3cret")]
    [InlineData("host=db dbname=coins sslmode=s3")]
    [InlineData("dbname=coins password=s3cret")]
    [InlineData("s3cret")]
    [InlineData("")]
    [InlineData("Password=s3cret;s3cret=1")]
    [InlineData("Password=s3cret;Database=coins")]
    [InlineData("Host=db;Port=s3cret")]
    public void OtherTexts_AreRefusedWithoutRepeatingThem(string text)
    {
        Assert.False(DatabaseUrl.TryConvert(text, out _, out var fault));

        Assert.NotEmpty(fault);
        Assert.DoesNotContain("s3", fault, StringComparison.Ordinal);
    }

    // what any client escapes comes back, in both of libpq's forms
    [Fact]
    public void EscapedParts_ComeBack() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Parts(), parts =>
    {
        var (user, password, database) = parts;
        var login = $"{Uri.EscapeDataString(user)}:{Uri.EscapeDataString(password)}";
        var url = Convert($"postgresql://{login}@db:1234/{Uri.EscapeDataString(database)}?sslmode=require");
        var pairs = Convert($"host=db port=1234 user={Quote(user)} password={Quote(password)} dbname={Quote(database)} sslmode=require");

        Assert.Equal((user, password, database), (url.Username, url.Password, url.Database));
        Assert.True(url.EquivalentTo(pairs));
    }));

    // whatever the text, it is converted or refused without a part of it
    [Fact]
    public void AnyText_IsConvertedOrRefused() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(Texts(), text =>
    {
        if (!DatabaseUrl.TryConvert(text, out var connection, out var fault))
        {
            Assert.DoesNotContain("s3cret", fault, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', fault);
        }
        else
        {
            Assert.False(string.IsNullOrEmpty(connection.Host));
        }
    }));

    private static Arbitrary<(string User, string Password, string Database)> Parts()
    {
        var text = ArbMap.Default.GeneratorFor<NonEmptyString>().Select(s => new string([.. s.Get.Where(c => !char.IsSurrogate(c) && c != '\0')]))
            .Where(s => s.Length > 0);
        // a slash at the end of a URL says nothing
        return (from user in text from password in text from database in text where !database.EndsWith('/') select (user, password, database)).ToArbitrary();
    }

    private static Arbitrary<string> Texts()
    {
        string[] pieces =
        [
            "postgresql://", "postgres://", "jdbc:", "me", ":", "s3cret", "@", "db", ",", "[::1]", "5432", "/", "coins", "?", "&", "=", "sslmode", "require",
            "%", "%2F", "host", "port", "dbname", " ", "'", "\\", ";", "Host=", "options", "pgbouncer", "true", "#", "\n", "ä", "\0",
        ];
        return Gen.Elements(pieces).ListOf().Select(list => string.Concat(list)).ToArbitrary();
    }

    private static string Quote(string text) => $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";

    private static NpgsqlConnectionStringBuilder Convert(string text)
    {
        Assert.True(DatabaseUrl.TryConvert(text, out var connection, out var fault), fault);
        return connection;
    }

    private static void AssertBuilds(NpgsqlConnectionStringBuilder connection)
    {
        using var source = new NpgsqlDataSourceBuilder(connection.ConnectionString).Build();
        Assert.NotNull(source);
    }

    private string CreateFile(string name)
    {
        var path = Path.Combine(_folder, name);
        System.IO.File.WriteAllText(path, "");
        return path;
    }
}
