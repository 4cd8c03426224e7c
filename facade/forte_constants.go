package facade

// ForteActionType is the rules engine that decides. Others are refused before
// anything is sent.
type ForteActionType string

// The rules engines.
const (
	// ForteRulesEngine is the first rules engine.
	ForteRulesEngine ForteActionType = "OCC_RULES_ENGINE"
	// ForteRulesEngineV2 is its second version.
	ForteRulesEngineV2 ForteActionType = "OCC_RULES_ENGINE_V2"
)

// ForteBlockchain is the blockchain of a wallet. Others are refused before anything
// is sent.
type ForteBlockchain string

// The blockchains.
const (
	// ForteEthereum is Ethereum.
	ForteEthereum ForteBlockchain = "ethereum"
	// ForteSepolia is a test network of Ethereum.
	ForteSepolia ForteBlockchain = "sepolia"
	// FortePolygon is Polygon.
	FortePolygon ForteBlockchain = "polygon"
	// ForteAmoy is the test network of Polygon.
	ForteAmoy ForteBlockchain = "amoy"
	// ForteSolana is Solana.
	ForteSolana ForteBlockchain = "solana"
	// ForteSolanaDevnet is the network of Solana for developers.
	ForteSolanaDevnet ForteBlockchain = "solana_devnet"
	// ForteBase is Base.
	ForteBase ForteBlockchain = "base"
	// ForteBaseSepolia is the test network of Base.
	ForteBaseSepolia ForteBlockchain = "base_sepolia"
	// ForteAvalancheC is the C-Chain of Avalanche.
	ForteAvalancheC ForteBlockchain = "avalanche_c"
	// ForteAvalancheFuji is the test network of Avalanche.
	ForteAvalancheFuji ForteBlockchain = "avalanche_fuji"
	// ForteBinanceSmartChain is the BNB Smart Chain.
	ForteBinanceSmartChain ForteBlockchain = "binance_smart_chain"
	// ForteBinanceSmartChainTestnet is the test network of the BNB Smart Chain.
	ForteBinanceSmartChainTestnet ForteBlockchain = "binance_smart_chain_testnet"
	// ForteArbitrumOne is Arbitrum One.
	ForteArbitrumOne ForteBlockchain = "arbitrum_one"
	// ForteArbitrumSepolia is the test network of Arbitrum.
	ForteArbitrumSepolia ForteBlockchain = "arbitrum_sepolia"
	// ForteApechain is ApeChain.
	ForteApechain ForteBlockchain = "apechain"
	// ForteCurtis is the test network of ApeChain.
	ForteCurtis ForteBlockchain = "curtis"
	// ForteEtherlink is Etherlink.
	ForteEtherlink ForteBlockchain = "etherlink"
	// ForteEtherlinkTestnet is the test network of Etherlink.
	ForteEtherlinkTestnet ForteBlockchain = "etherlink_testnet"
	// ForteSoneium is Soneium.
	ForteSoneium ForteBlockchain = "soneium"
	// ForteSoneiumMinato is the test network of Soneium.
	ForteSoneiumMinato ForteBlockchain = "soneium_minato"
	// ForteAleo is Aleo.
	ForteAleo ForteBlockchain = "aleo"
	// ForteAleoTestnet is the test network of Aleo.
	ForteAleoTestnet ForteBlockchain = "aleo_testnet"
)
