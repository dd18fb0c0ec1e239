using System.Globalization;

namespace Coinsphere.Messaging.Standalone.Tests.Commands;

/// <summary>The command as its user runs it, in a process of its own.</summary>
public sealed class ImportCommandTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("import-");
    private TestDatabase _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return _database.DisposeAsync();
    }

    [Fact]
    public async Task Files_AreImportedOnce_AndCorrectedByARunThatSaysWhy()
    {
        var (btc, eth) = (Write("BTC.csv", 2500), Write("eth.csv", 10));

        var first = await RunAsync(btc, eth);
        Assert.Equal((0, ""), (first.Code, first.Errors));
        Assert.Contains("BTC.csv          2500 inserted,      0 updated,      0 unchanged", first.Output, StringComparison.Ordinal);
        Assert.Contains("eth.csv            10 inserted,      0 updated,      0 unchanged", first.Output, StringComparison.Ordinal);

        File.WriteAllText(btc, File.ReadAllText(btc).Replace("2018-01-05,1,", "2018-01-05,2,", StringComparison.Ordinal));
        var refused = await RunAsync(btc, eth);
        Assert.Equal(1, refused.Code);
        Assert.Contains("BTC.csv: the bar of BTC of 2018-01-05 differs from the stored one", refused.Errors, StringComparison.Ordinal);
        Assert.Equal(1, await _database.ValueAsync<decimal>("select open from price_data where time = '2018-01-05' and token_id = 'coinsphere-BTC'"));

        var second = await RunAsync("--correct", "the source was wrong", btc, eth);
        Assert.Contains(":      0 inserted,      1 updated,   2509 unchanged", second.Output, StringComparison.Ordinal);
        Assert.Equal(2510, await _database.ValueAsync<int>("select count(*) from price_data"));
        Assert.Equal(2, await _database.ValueAsync<decimal>("select open from price_data where time = '2018-01-05' and token_id = 'coinsphere-BTC'"));

        var audit = await CommandProcess.RunAsync(Environment(_database.ConnectionString), "audit", "--symbol", "btc");
        Assert.Matches(
            @"^At \(UTC\) +Who +Act +Symbol +Outcome *\n"
                + @"[0-9: -]+ +command line +prices corrected +BTC +the bar of 2018-01-05: the source was wrong *\n1 acts\n$",
            audit.Output);
    }

    [Fact]
    public async Task CorrectionWithoutAReason_IsRefused()
    {
        var run = await RunAsync("--correct", " ", Write("BTC.csv", 5));
        Assert.Equal(
            (1, "--correct: correction must be a reason of 1 to 200 characters in one line, found ' '\n"), (run.Code, run.Errors));
    }

    [Fact]
    public async Task InventedPrices_KeepTheirLabel_AndReplaceNoRealOnes()
    {
        var (btc, eth) = (Write("BTC.csv", 5), Write("ETH.csv", 5));
        await RunAsync(eth);
        foreach (var file in new[] { btc, eth })
        {
            var lines = await File.ReadAllLinesAsync(file, Cancel);
            await File.WriteAllLinesAsync(file, lines.Select((line, i) => line + (i == 0 ? ",synthetic" : ",1")), Cancel);
        }

        var run = await RunAsync(btc, eth);

        Assert.Equal(1, run.Code);
        Assert.Contains("ETH.csv: the bars of ETH are synthetic, and the database has real ones", run.Errors, StringComparison.Ordinal);
        Assert.Equal("coinsphere-BTC", await _database.ValueAsync<string>("select string_agg(token_id, ',') from coinsphere_bar_versions where synthetic"));
    }

    [Fact]
    public async Task FaultyFiles_AreNamedWithTheirFault_AndOthersGoOn()
    {
        var faulty = Write("BTC.csv", 5);
        File.WriteAllText(faulty, File.ReadAllText(faulty).Replace("2018-01-03,1,9", "2018-01-03,1,much", StringComparison.Ordinal));
        var jump = Write("SHIB.csv", 5);
        File.WriteAllText(jump, File.ReadAllText(jump).Replace("2018-01-04,1,9,0.5,5,", "2018-01-04,1,99,0.5,55,", StringComparison.Ordinal));

        var run = await RunAsync(faulty, jump, Path.Combine(_folder.FullName, "SOL.csv"), Write("no_symbol.csv", 5), Write("ETH.csv", 5));

        Assert.Equal(1, run.Code);
        Assert.Contains("BTC.csv line 4, column high: found 'much', expected a number", run.Errors, StringComparison.Ordinal);
        Assert.Contains("SHIB.csv: the close of SHIB of 2018-01-04 is 13.75 times the close before it", run.Errors, StringComparison.Ordinal);
        Assert.Contains("SOL.csv", run.Errors, StringComparison.Ordinal);
        Assert.Contains("no_symbol.csv  skipped: it is not named SYMBOL.csv", run.Output, StringComparison.Ordinal);
        Assert.Contains("5 inserted,      0 updated,      0 unchanged, 3 not imported", run.Output, StringComparison.Ordinal);
        Assert.Equal("ETH", await _database.ValueAsync<string>("select string_agg(symbol, ',') from tokens"));
    }

    [Fact]
    public async Task OtherFilesOfTheFolder_AreSkippedWithoutAFault()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "README.md"), "hello");
        Write("fear_and_greed.csv", 5);
        Write("BTC.csv", 5);

        var run = await RunAsync(Directory.GetFiles(_folder.FullName));

        Assert.Equal((0, ""), (run.Code, run.Errors));
        Assert.Contains("fear_and_greed.csv skipped: it is not named", run.Output, StringComparison.Ordinal);
        Assert.Contains("README.md      skipped: it is not named", run.Output, StringComparison.Ordinal);
        Assert.Contains("1 files in ", run.Output, StringComparison.Ordinal);
        Assert.Equal(1, (await RunAsync(Path.Combine(_folder.FullName, "README.md"))).Code);
    }

    [Fact]
    public async Task MonthlyParts_AreOneSeries_AndAreNamedByTheirFormat()
    {
        var months = Enumerable.Range(1, 3).Select(month => Klines($"BTCUSDT-1d-2024-{month:00}.csv", new DateOnly(2024, month, 1), 2)).ToArray();

        var run = await RunAsync(months);

        Assert.Equal((0, ""), (run.Code, run.Errors));
        Assert.Contains(
            "BTCUSDT-1d-2024-01.csv and 2 more      6 inserted,      0 updated,      0 unchanged (Binance klines, times as microseconds since 1970, "
                + "2024-01-01 to 2024-03-02)",
            run.Output,
            StringComparison.Ordinal);
        Assert.Contains("3 files in ", run.Output, StringComparison.Ordinal);
        Assert.Equal(6, await _database.ValueAsync<int>("select count(*) from price_data where token_id = 'coinsphere-BTC' and close = 2"));
    }

    [Fact]
    public async Task TwoSourcesOfASymbol_AreRefused_UnlessTheSymbolIsGiven()
    {
        string[] files = [Write("BTC.csv", 3), Klines("BTCUSDT.csv", new DateOnly(2024, 1, 1), 2)];

        var run = await RunAsync(files);
        Assert.Equal(1, run.Code);
        Assert.Contains("BTC.csv and BTCUSDT.csv: found two files of BTC, expected one of them, or the parts", run.Errors, StringComparison.Ordinal);

        var named = await RunAsync(["--symbol", "eth", Write("no_symbol.csv", 3)]);
        Assert.Equal((0, ""), (named.Code, named.Errors));
        Assert.Equal("ETH", await _database.ValueAsync<string>("select string_agg(symbol, ',') from tokens"));

        var none = await RunAsync(["--symbol", "e-th", files[0]]);
        Assert.StartsWith("--symbol is 'e-th', expected 1 to 15 of A-Z and 0-9", none.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PriceThatAColumnWouldChange_IsNamedWithItsDay_AndNothingIsWritten()
    {
        var tiny = Write("SHIB.csv", 5);
        File.WriteAllText(tiny, File.ReadAllText(tiny).Replace("2018-01-04,1,9,0.5", "2018-01-04,1,9,1e-9", StringComparison.Ordinal));
        Assert.Equal(0, (await RunAsync(Write("ETH.csv", 1))).Code);
        // As the original system has it.
        await _database.ExecuteAsync("alter table price_data alter low type numeric(18,8)");

        var run = await RunAsync(tiny);

        Assert.Equal(1, run.Code);
        Assert.Contains(
            "SHIB.csv day 2018-01-04, column low: found 1E-09, expected a number that price_data.low can store within 0.01 %: numeric(18,8) rounds it to 0",
            run.Errors,
            StringComparison.Ordinal);
        Assert.Equal(1, await _database.ValueAsync<int>("select count(*) from price_data"));
    }

    [Fact]
    public async Task DayThatIsNotOver_IsLeftOut()
    {
        var today = DateOnly.FromDateTime(DateTime.UtcNow);
        var run = await RunAsync(Write("BTC.csv", 3, today.AddDays(-1)));

        Assert.Contains("1 inserted,      0 updated,      0 unchanged, 2 not over yet and left out", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InterruptedImport_KeepsWholeBatches_AndTheNextRunGoesOn()
    {
        var file = Write("BTC.csv", 2500);
        await RunAsync(Write("ETH.csv", 1));
        // Holds the second batch up, at its first row.
        await using var blocker = await _database.Source.OpenConnectionAsync(Cancel);
        await using var transaction = await blocker.BeginTransactionAsync(Cancel);
        await using (var block = blocker.CreateCommand())
        {
            block.CommandText = "insert into price_data values ('2020-09-27', 'coinsphere-BTC', 1, 1, 1, 1, 1)";
            await block.ExecuteNonQueryAsync(Cancel);
        }

        await using var process = RunningProgram.Start("Standalone", ["import", file], _folder.FullName, Environment(_database.ConnectionString));
        await _database.UntilAsync("select count(*) = 1000 from price_data where token_id = 'coinsphere-BTC'");
        process.Send(Signals.Interrupt);
        Assert.Equal(130, await process.ExitAsync());
        Assert.Contains("the same command goes on from there", process.Output, StringComparison.Ordinal);
        await transaction.RollbackAsync(Cancel);

        Assert.Equal(1000, await _database.ValueAsync<int>("select count(*) from price_data where token_id = 'coinsphere-BTC'"));
        Assert.Contains("1500 inserted,      0 updated,   1000 unchanged", (await RunAsync(file)).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "There is no database to import to: set --database or DATABASE_URL")]
    [InlineData("mysql://me:s3cret@db/coins", "Prices:Database (DATABASE_URL) cannot be used, it is not a postgresql:// URL")]
    [InlineData("postgresql://me:s3cret@127.0.0.1:1/coins", "The database fails: Failed to connect to 127.0.0.1:1")]
    public async Task DatabaseThatIsNone_IsSaidSo(string? database, string expected)
    {
        var (code, _, errors) = await RunAsync(database, [Write("BTC.csv", 1)]);

        Assert.Equal(1, code);
        Assert.StartsWith(expected, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", errors, StringComparison.Ordinal);
    }

    private Task<CommandResult> RunAsync(params string[] files) => RunAsync(_database.ConnectionString, files);

    private Task<CommandResult> RunAsync(string? database, string[] files) =>
        CommandLine.RunOwnAsync("Standalone", ["import", .. files], _folder.FullName, Environment(database), TimeSpan.FromMinutes(5));

    private static (string Key, string? Value)[] Environment(string? database) => [("DATABASE_URL", database)];

    private string Klines(string name, DateOnly first, int days)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllLines(path, Enumerable.Range(0, days).Select(i => (first.AddDays(i).ToDateTime(TimeOnly.MinValue) - DateTime.UnixEpoch).TotalMicroseconds)
            .Select(time => string.Create(CultureInfo.InvariantCulture, $"{time:0},1,9,0.5,2,10,{time + 86_399_999_999:0},20,7,5,10,0")));
        return path;
    }

    private string Write(string name, int days, DateOnly? first = null)
    {
        var path = Path.Combine(_folder.FullName, name);
        var start = first ?? new DateOnly(2018, 1, 1);
        File.WriteAllLines(path, Enumerable.Range(0, days)
            .Select(i => string.Create(CultureInfo.InvariantCulture, $"{start.AddDays(i):yyyy-MM-dd},1,9,0.5,{2 + (i % 5)},10,"))
            .Prepend("time,open,high,low,close,volume,market_cap"));
        return path;
    }
}
